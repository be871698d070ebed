import { runInThread } from '../../platform/threads.ts';
import type { LayoutParts } from './layout-document.ts';

/** A layout, ready to be sent. */
export interface EncodedLayout {
  readonly json: Buffer;
  readonly gzip: Buffer;
  readonly br: Buffer;
}

const LAYOUT_WORKER = new URL('layout-worker.ts', import.meta.url);

/** Makes the document and compresses it, in another thread. */
export async function encodeLayout(parts: LayoutParts): Promise<EncodedLayout> {
  const message = await runInThread<[Uint8Array, Uint8Array, Uint8Array]>(LAYOUT_WORKER, parts);
  const [json, gzip, br] = message.map((part) =>
    Buffer.from(part.buffer as ArrayBuffer, part.byteOffset, part.byteLength),
  );
  if (json === undefined || gzip === undefined || br === undefined) throw new Error('incomplete layout');
  return { json, gzip, br };
}

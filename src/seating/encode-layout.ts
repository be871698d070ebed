import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { LayoutParts } from './layout-document.ts';

/** A layout, ready to be sent. */
export interface EncodedLayout {
  readonly json: Buffer;
  readonly gzip: Buffer;
  readonly br: Buffer;
}

/** Makes the document and compresses it, in another thread. */
export async function encodeLayout(parts: LayoutParts): Promise<EncodedLayout> {
  const worker = new Worker(new URL('layout-worker.ts', import.meta.url), { workerData: parts });
  // A process that is to end does not wait for a layout.
  worker.unref();
  const ended = new AbortController();
  try {
    const exit = once(worker, 'exit', { signal: ended.signal }).then(() => {
      throw new Error('the thread that makes a layout ended without one');
    });
    const [message] = (await Promise.race([once(worker, 'message', { signal: ended.signal }), exit])) as [
      [Uint8Array, Uint8Array, Uint8Array],
    ];
    const [json, gzip, br] = message.map((part) =>
      Buffer.from(part.buffer as ArrayBuffer, part.byteOffset, part.byteLength),
    );
    if (json === undefined || gzip === undefined || br === undefined) throw new Error('half a layout');
    return { json, gzip, br };
  } finally {
    ended.abort();
  }
}

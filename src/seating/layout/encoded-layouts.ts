import { Cache } from '../../platform/cache.ts';
import { Semaphore } from '../../platform/semaphore.ts';
import { SingleFlight } from '../../platform/single-flight.ts';
import { runInThread } from '../../platform/threads.ts';
import type { LayoutParts } from './layout-document.ts';

/** The layout document in all content encodings. */
export interface EncodedLayout {
  readonly json: Buffer;
  readonly gzip: Buffer;
  readonly br: Buffer;
}

/** Maximum total size of the layouts in memory, in all their encodings: about thirty of the largest. */
const BYTES_MAX = 256 * 1024 * 1024;
/** Maximum number of layouts that wait to be encoded. The largest take half a second each. */
const WAITING_MAX = 20;
const LAYOUT_WORKER = new URL('layout-worker.ts', import.meta.url);

/** Encoded layouts by path. Each is encoded once, one at a time, and stays in memory while there is room. */
export class EncodedLayouts {
  readonly #encoding = new SingleFlight<string, EncodedLayout>();
  readonly #encoded: Cache<string, EncodedLayout>;
  readonly #oneAtATime = new Semaphore(1, WAITING_MAX);

  constructor(bytesMax = BYTES_MAX) {
    // A layout that exceeds the limit by itself replaces all others.
    const getSize = ({ json, gzip, br }: EncodedLayout) =>
      Math.min(json.length + gzip.length + br.length, bytesMax);
    this.#encoded = new Cache({ sizeMax: bytesMax, getSize }); // guard: layout-cache-bytes
  }

  /** @throws {BusyError} if too many layouts wait to be encoded. */
  get(path: string, encode: () => Promise<EncodedLayout>): Promise<EncodedLayout> {
    const encoded = this.#encoded.get(path);
    if (encoded !== undefined) return Promise.resolve(encoded);
    // guard: one-layout-at-a-time
    return this.#encoding.run(path, async () => {
      const layout = await this.#oneAtATime.run(encode);
      this.#encoded.set(path, layout);
      return layout;
    });
  }
}

/** Builds and compresses the layout document in a worker thread. */
export async function encodeLayout(parts: LayoutParts): Promise<EncodedLayout> {
  const message = await runInThread<[Uint8Array, Uint8Array, Uint8Array]>(LAYOUT_WORKER, parts);
  const [json, gzip, br] = message.map((part) =>
    Buffer.from(part.buffer as ArrayBuffer, part.byteOffset, part.byteLength),
  );
  if (json === undefined || gzip === undefined || br === undefined) throw new Error('incomplete layout');
  return { json, gzip, br };
}

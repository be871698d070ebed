import { Cache } from '../../platform/cache.ts';
import { Semaphore } from '../../platform/semaphore.ts';
import { SingleFlight } from '../../platform/single-flight.ts';
import type { EncodedLayout } from './encode-layout.ts';

/** Maximum size of all layouts in all their encodings: about thirty of the largest halls. */
const BYTES_MAX = 256 * 1024 * 1024;
/** Maximum number of layouts that wait to be encoded: half a second each for the largest halls. */
const WAITING_MAX = 20;

/** Encoded layouts by path. Each is encoded once, one after the other, and cached while there is room. */
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

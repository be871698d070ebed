import { parentPort, workerData } from 'node:worker_threads';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { transferList } from '../../platform/threads.ts';
import { layoutDocument, type LayoutParts } from './layout-document.ts';

/*
 * A thread of its own for one layout, from the columns of the venue's seats to the compressed document. For 80,000 seats
 * that is six megabytes of JSON and half a second, in which the event loop would answer nobody.
 */
const json = Buffer.from(JSON.stringify(layoutDocument(workerData as LayoutParts)));
const params = { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_SIZE_HINT]: json.length };
// Copies: their memory is not shared, so it can be transferred.
const parts = [json, gzipSync(json), brotliCompressSync(json, { params })].map((part) =>
  Uint8Array.from(part),
);
parentPort?.postMessage(parts, transferList(parts));

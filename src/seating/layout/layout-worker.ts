import { parentPort, workerData } from 'node:worker_threads';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { transferList } from '../../platform/threads.ts';
import { layoutDocument, type LayoutParts } from './layout-document.ts';

/*
 * Worker thread that builds and compresses the document of one layout. For 80,000 seats, this is 6 MB of JSON and takes
 * half a second, which would block the event loop.
 */
const json = Buffer.from(JSON.stringify(layoutDocument(workerData as LayoutParts)));
const params = { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_SIZE_HINT]: json.length };
// Copies, because the memory of a pooled Buffer cannot be transferred.
const parts = [json, gzipSync(json), brotliCompressSync(json, { params })].map((part) =>
  Uint8Array.from(part),
);
parentPort?.postMessage(parts, transferList(parts));

// Preloaded into the server under attack. Answers questions about its event loop and its memory on a Unix socket.
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { getHeapSpaceStatistics, getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';
import { watchBlocks } from '../../../loadtest/bench/blocks/longest-block.ts';

export interface TurnReport {
  /** Longest turn of the event loop since the last report, in CPU time of the main thread. */
  readonly cpuMs: number;
  readonly wallMs: number;
}

export interface MemoryReport {
  /** Bytes in the heap and outside it after a garbage collection, without code, which grows for minutes. */
  readonly keptBytes: number;
  readonly peakHeapBytes: number;
  readonly peakRssBytes: number;
}

/** `mark` writes a line to the log, which proves that all earlier lines have been read. */
export type ProbeQuestion = 'turn' | 'memory' | 'mark';

export const MARK = 'probe mark';

const PEAK_EVERY_MS = 20;
/** Machine code and bytecode. */
const CODE = /code|trusted/;

if (isMainThread && process.env['ADVERSARY_PROBE'] !== undefined) serve(process.env['ADVERSARY_PROBE']);

function serve(path: string): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const blocks = watchBlocks();
  let peakHeapBytes = 0;
  setInterval(() => {
    const { used_heap_size: used, external_memory: external } = getHeapStatistics();
    peakHeapBytes = Math.max(peakHeapBytes, used + external);
  }, PEAK_EVERY_MS).unref();

  const memory = (): MemoryReport => {
    collect();
    // Frees what finalizers of the first collection released.
    collect();
    const objects = getHeapSpaceStatistics()
      .filter(({ space_name: name }) => !CODE.test(name))
      .reduce((sum, { space_used_size: bytes }) => sum + bytes, 0);
    const keptBytes = objects + process.memoryUsage().external;
    blocks.restart();
    return { keptBytes, peakHeapBytes, peakRssBytes: process.resourceUsage().maxRSS * 1024 };
  };
  const server = createServer((connection) => {
    connection.on('error', () => undefined);
    createInterface({ input: connection }).on('line', (question) => {
      if (question === 'mark') process.stdout.write(`${JSON.stringify({ msg: MARK })}\n`);
      const answer = question === 'memory' ? memory() : blocks.take();
      connection.write(`${JSON.stringify(answer)}\n`);
    });
    connection.unref();
  });
  // A killed process leaves it behind.
  rmSync(path, { force: true });
  server.listen(path);
  server.unref();
}

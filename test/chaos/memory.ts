import { fileURLToPath } from 'node:url';
import { pause } from '../support/pause.ts';
import type { ApiNode } from '../torture/cluster/cluster.ts';
import { readSubscribers } from './node-counters.ts';

/** Bytes after a garbage collection. */
export interface Memory {
  /** The heap without code, and without the share of each subscriber. */
  readonly objects: number;
  readonly buffers: number;
}

type LogLine = Readonly<Record<string, unknown>>;

/** Settings that a server needs so that its memory can be read. */
export const memoryProbe = {
  NODE_OPTIONS: `--import ${fileURLToPath(new URL('memory-probe.mjs', import.meta.url))}`,
};

const READS_A_QUARTER = 6;
/** Measured. Pages come and go by the hundred as nodes are killed, and cause most of the variation. */
const OBJECT_BYTES_A_SUBSCRIBER = 22_000;

/** Reads the memory of nodes from the log lines of their probes. */
export class MemoryReader {
  readonly #waiting = new Map<string, (memory: Memory) => void>();

  /** Must receive all log lines. */
  hear(name: string, line: LogLine): void {
    if (line['msg'] !== 'memory') return;
    this.#waiting.get(name)?.(line as unknown as Memory);
    this.#waiting.delete(name);
  }

  /**
   * Returns the minimum of a node in each quarter of the time. Work in progress (requests, responses to slow readers)
   * takes megabytes that come and go, while a leak is in every reading.
   */
  async leastByQuarter(node: ApiNode, seconds: number): Promise<Memory[]> {
    const least: Memory[] = [];
    for (let quarter = 0; quarter < 4; quarter++) {
      const read: Memory[] = [];
      for (let i = 0; i < READS_A_QUARTER; i++) {
        await pause((seconds * 1_000) / 4 / READS_A_QUARTER);
        read.push(await this.#read(node));
      }
      least.push({
        objects: Math.min(...read.map(({ objects }) => objects)),
        buffers: Math.min(...read.map(({ buffers }) => buffers)),
      });
    }
    return least;
  }

  /** Reads one at a time per node. The node must run. */
  async #read(node: ApiNode): Promise<Memory> {
    const { pid } = node.server;
    if (pid === null) throw new Error(`node ${node.name} does not run`);
    const memory = new Promise<Memory>((resolve) => this.#waiting.set(node.name, resolve));
    process.kill(pid, 'SIGUSR2');
    const { objects, buffers } = await memory;
    const subscribers = await readSubscribers([node]);
    return { objects: objects - subscribers * OBJECT_BYTES_A_SUBSCRIBER, buffers };
  }
}

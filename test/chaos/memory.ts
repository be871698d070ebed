import { fileURLToPath } from 'node:url';
import { pause } from '../support/pause.ts';
import type { ApiNode } from '../torture/cluster/cluster.ts';
import { readCounters } from './node-counters.ts';

/** Bytes, right after a garbage collection. */
export interface Memory {
  /** The heap less all code, and less what each subscriber has of it. */
  readonly objects: number;
  readonly buffers: number;
}

type LogLine = Readonly<Record<string, unknown>>;

/** What a server must be started with, so that its memory can be read. */
export const memoryProbe = {
  NODE_OPTIONS: `--import ${fileURLToPath(new URL('memory-probe.mjs', import.meta.url))}`,
};

const READS_A_QUARTER = 6;
/** Measured. Pages come and go by the hundred as nodes are killed, and are the most of what goes up and down. */
const OBJECT_BYTES_A_SUBSCRIBER = 22_000;

/** Reads how much memory nodes use, by what their probes log. */
export class MemoryReader {
  readonly #waiting = new Map<string, (memory: Memory) => void>();

  /** To be told of all that is logged. */
  hear(name: string, line: LogLine): void {
    if (line['msg'] !== 'memory') return;
    this.#waiting.get(name)?.(line as unknown as Memory);
    this.#waiting.delete(name);
  }

  /**
   * The least that a node has in each quarter of the time. What is under way at a moment (requests, answers that wait for
   * a slow reader) is megabytes, which come and go; what leaks is there in every reading.
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

  /** One at a time for each node, which must run. */
  async #read(node: ApiNode): Promise<Memory> {
    const { pid } = node.server;
    if (pid === null) throw new Error(`node ${node.name} does not run`);
    const memory = new Promise<Memory>((resolve) => this.#waiting.set(node.name, resolve));
    process.kill(pid, 'SIGUSR2');
    const { objects, buffers } = await memory;
    const { subscribers } = await readCounters([node]);
    return { objects: objects - subscribers * OBJECT_BYTES_A_SUBSCRIBER, buffers };
  }
}

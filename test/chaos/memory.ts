import { fileURLToPath } from 'node:url';
import type { ServerProcess } from '../support/server-process.ts';

/** Bytes, right after a garbage collection. */
export interface Memory {
  readonly heapUsed: number;
  readonly external: number;
  readonly rss: number;
}

type LogLine = Readonly<Record<string, unknown>>;

/** What a server must be started with, so that its memory can be read. */
export const memoryProbe = {
  NODE_OPTIONS: `--import ${fileURLToPath(new URL('memory-probe.mjs', import.meta.url))}`,
};

/** Reads how much memory servers use, by what their probes log. */
export class MemoryReader {
  readonly #waiting = new Map<string, (memory: Memory) => void>();

  /** To be told of all that is logged. */
  hear(name: string, line: LogLine): void {
    if (line['msg'] !== 'memory') return;
    this.#waiting.get(name)?.(line as unknown as Memory);
    this.#waiting.delete(name);
  }

  /** One at a time for each server, which must run. */
  read({ name, server }: { readonly name: string; readonly server: ServerProcess }): Promise<Memory> {
    const memory = new Promise<Memory>((resolve) => this.#waiting.set(name, resolve));
    const { pid } = server;
    if (pid === null) throw new Error(`server ${name} does not run`);
    process.kill(pid, 'SIGUSR2');
    return memory;
  }
}

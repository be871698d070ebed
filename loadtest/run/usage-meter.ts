import { readFileSync } from 'node:fs';
import { readCpuSeconds } from '../bench/cpu.ts';
import type { MeasuredProcess } from './target/target.ts';

const LOOK_EVERY_MS = 1_000;

/** Measures the CPU time and the memory of processes during a run. */
export class UsageMeter implements Disposable {
  readonly #processes: readonly MeasuredProcess[];
  readonly #before: readonly number[];
  readonly #memoryMib: number[] = [];
  readonly #timer: NodeJS.Timeout;

  /** Starts to measure. Memory is that of the first process. */
  constructor(processes: readonly MeasuredProcess[]) {
    this.#processes = processes;
    this.#before = processes.map(({ pid }) => readCpuSeconds(pid));
    const look = () => {
      const pid = processes[0]?.pid;
      if (pid !== undefined) this.#memoryMib.push(readMemoryMib(pid));
    };
    look();
    this.#timer = setInterval(look, LOOK_EVERY_MS);
  }

  /** Resident memory of the first process at each second. */
  get memoryMib(): readonly number[] {
    return this.#memoryMib;
  }

  /** Returns the CPU seconds of each process since the start. */
  readCpu(): Record<string, number> {
    return Object.fromEntries(
      this.#processes.map(({ name, pid }, i) => [name, readCpuSeconds(pid) - (this.#before[i] ?? 0)]),
    );
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

function readMemoryMib(pid: number): number {
  const kib = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib ?? Number.NaN) / 1024;
}

/*
 * Measures how long the event loop was blocked. A 1 ms timer records the wall time and the CPU time since its previous run;
 * the loop served no other client in between. Each figure is therefore up to 1 ms too high. The CPU time is that of the main
 * thread, including its garbage collection, and excludes other processes.
 */

export interface LongestBlock {
  readonly wallMs: number;
  readonly cpuMs: number;
}

const TIMER_MS = 1;
const NONE: LongestBlock = { wallMs: 0, cpuMs: 0 };

export interface BlockWatch {
  /** Returns the longest block since the previous call. */
  take(): LongestBlock;
  /** Excludes the current turn so far. */
  restart(): void;
}

export function watchBlocks(): BlockWatch {
  let longest = NONE;
  let last = now();
  const note = () => {
    const next = now();
    longest = {
      wallMs: Math.max(longest.wallMs, next.wallMs - last.wallMs),
      cpuMs: Math.max(longest.cpuMs, next.cpuMs - last.cpuMs),
    };
    last = next;
  };
  setInterval(note, TIMER_MS).unref();
  return {
    take() {
      note();
      const taken = longest;
      longest = NONE;
      return taken;
    },
    restart: () => void (last = now()),
  };
}

function now(): LongestBlock {
  const { user, system } = process.threadCpuUsage();
  return { wallMs: performance.now(), cpuMs: (user + system) / 1000 };
}

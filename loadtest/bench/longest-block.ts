/*
 * How long the event loop of this process was busy in one go. A timer of a millisecond notes how late it comes, and how
 * much CPU the thread has used since it came last: whatever the loop does in between, one callback or several in a row,
 * nobody else is served meanwhile. So each figure is up to a millisecond too high. The CPU is that of the main thread
 * alone, its garbage collection included, and excludes what other processes on the cores cause.
 */

export interface LongestBlock {
  readonly wallMs: number;
  readonly cpuMs: number;
}

const TIMER_MS = 1;
const NONE: LongestBlock = { wallMs: 0, cpuMs: 0 };

export interface BlockWatch {
  /** The longest block since this was called last. */
  take(): LongestBlock;
  /** What has been done in this turn so far is not counted. */
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

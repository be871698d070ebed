import { startApi } from '../../src/main/api.ts';
import { loadConfig } from '../../src/platform/config.ts';

/*
 * The API in a process of its own, which knows how long its event loop was busy in one go. A timer of a millisecond notes
 * how late it comes, and how much CPU the thread has used since it came last: whatever the loop does in between, be it one
 * callback or several in a row, nobody else is served meanwhile. So each figure is up to a millisecond too high. The CPU is
 * that of the main thread alone, its garbage collection included, and tells what other processes on the cores did not cause.
 */

export interface LongestBlock {
  readonly wallMs: number;
  readonly cpuMs: number;
}

const TIMER_MS = 1;

const { port } = await startApi(loadConfig());
let longest: LongestBlock = { wallMs: 0, cpuMs: 0 };
let last = now();
setInterval(() => {
  const next = now();
  longest = {
    wallMs: Math.max(longest.wallMs, next.wallMs - last.wallMs),
    cpuMs: Math.max(longest.cpuMs, next.cpuMs - last.cpuMs),
  };
  last = next;
}, TIMER_MS);

// Each time that the parent asks: the longest since it asked last.
process.on('message', () => {
  process.send?.(longest);
  longest = { wallMs: 0, cpuMs: 0 };
});
process.on('disconnect', () => process.exit(0));
process.send?.({ port });

function now(): LongestBlock {
  const { user, system } = process.threadCpuUsage();
  return { wallMs: performance.now(), cpuMs: (user + system) / 1000 };
}

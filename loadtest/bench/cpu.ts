import { readdirSync, readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';

/** Unit of CPU times in /proc, which is the same on all Linux machines (USER_HZ). */
const TICKS_PER_SECOND = 100;

interface ProcessTimes {
  readonly parent: number;
  readonly own: number;
  /** Ticks of its children that have ended. */
  readonly ended: number;
}

/** Returns the CPU seconds of a process and of its running and ended children. */
export function readCpuSeconds(pid: number): number {
  let ticks = 0;
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const times = readTimes(Number(name));
    if (times === null) continue;
    if (Number(name) === pid) ticks += times.own + times.ended;
    else if (times.parent === pid) ticks += times.own + times.ended;
  }
  return ticks / TICKS_PER_SECOND;
}

export function ownCpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Returns the CPU seconds of Redis, more exactly than from /proc, and the bytes that it uses. */
export async function readRedisUsage(
  redis: Pick<Redis, 'info'>,
): Promise<{ readonly cpuSeconds: number; readonly bytes: number }> {
  const text = `${await redis.info('cpu')}\n${await redis.info('memory')}`;
  const read = (name: string) => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(text)?.[1]);
  return { cpuSeconds: read('used_cpu_sys') + read('used_cpu_user'), bytes: read('used_memory') };
}

/** Returns null if the process has ended. */
function readTimes(pid: number): ProcessTimes | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  // The second field is the program's name in parentheses, which may contain any character.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const field = (number: number) => fields[number - 3] ?? 0;
  return { parent: field(4), own: field(14) + field(15), ended: field(16) + field(17) };
}

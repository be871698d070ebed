import { readdirSync, readFileSync } from 'node:fs';

/** Of Linux, whatever the machine: what the kernel reports to programs is in hundredths of a second. */
const TICKS_PER_SECOND = 100;

interface ProcessTimes {
  readonly parent: number;
  readonly own: number;
  /** Of its children that have ended. */
  readonly ended: number;
}

/** CPU seconds of a process, of its children that run, and of those that have ended. */
export function cpuSecondsOf(pid: number): number {
  let ticks = 0;
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const times = timesOf(Number(name));
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

/** Null: the process has ended meanwhile. */
function timesOf(pid: number): ProcessTimes | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  // The second field is the program's name in parentheses, and may have any character in it.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const field = (number: number) => fields[number - 3] ?? 0;
  return { parent: field(4), own: field(14) + field(15), ended: field(16) + field(17) };
}

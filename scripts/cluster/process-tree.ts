import { readdirSync, readFileSync } from 'node:fs';
import { isAlive, waitUntil } from '../local/processes.ts';

const GONE_WITHIN_MS = 5_000;

/** Freezes a process and all its descendants, as if their machine hung. */
export function freezeTree(pid: number): void {
  // The parent first, so that it starts no more children meanwhile.
  signal(pid, 'SIGSTOP');
  for (const child of findChildren(pid)) freezeTree(child);
}

export function thawTree(pid: number): void {
  for (const child of findChildren(pid)) thawTree(child);
  signal(pid, 'SIGCONT');
}

/** Kills a process and all its descendants, as if their machine lost power: none of them does anything more. */
export async function killTree(pid: number): Promise<void> {
  freezeTree(pid);
  const all = listTree(pid);
  for (const each of all) signal(each, 'SIGKILL');
  if (!(await waitUntil(() => !all.some(isAlive), GONE_WITHIN_MS)))
    throw new Error(`process ${pid} did not end`);
}

function listTree(pid: number): readonly number[] {
  return [...findChildren(pid).flatMap(listTree), pid];
}

function findChildren(pid: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((each) => readParent(each) === pid);
}

function readParent(pid: number): number | null {
  try {
    // The name of the program comes first, in parentheses, and may contain anything.
    const [, parent] = /^.*\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return Number(parent);
  } catch {
    return null; // It has ended.
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

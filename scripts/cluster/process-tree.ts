import { readdirSync, readFileSync } from 'node:fs';
import { isAlive, waitUntil } from '../local/processes.ts';

const GONE_WITHIN_MS = 5_000;

/** Freezes a process and all its descendants, as if their machine hung. */
export function freezeTree(pid: number): void {
  const frozen = new Set<number>();
  // Until there are no more: those that are not frozen yet may start further ones meanwhile.
  for (let found = [pid]; found.length > 0; found = listTree(pid).filter((each) => !frozen.has(each))) {
    for (const each of found) {
      signal(each, 'SIGSTOP');
      frozen.add(each);
    }
  }
}

export function thawTree(pid: number): void {
  for (const each of listTree(pid)) signal(each, 'SIGCONT');
}

/** Kills a process and all its descendants, as if their machine lost power: none of them does anything more. */
export async function killTree(pid: number): Promise<void> {
  freezeTree(pid);
  const all = listTree(pid);
  for (const each of all) signal(each, 'SIGKILL');
  if (!(await waitUntil(() => !all.some(isAlive), GONE_WITHIN_MS)))
    throw new Error(`process ${pid} did not end`);
}

/** Returns a process and its descendants, each before its parent. */
function listTree(root: number): number[] {
  const children = Map.groupBy(readParents(), ([, parent]) => parent);
  const tree = [root];
  // Grows while it is read.
  for (const pid of tree) tree.push(...(children.get(pid) ?? []).map(([child]) => child));
  return tree.toReversed();
}

/** Returns each process of the machine with its parent. */
function readParents(): readonly (readonly [pid: number, parent: number | null])[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), readParent(Number(name))]);
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

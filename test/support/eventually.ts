import { setTimeout as delay } from 'node:timers/promises';

const DEADLINE_MS = 30_000;
const POLL_MS = 10;

/** Resolves when the condition holds. Fails after half a minute, naming what it waited for. */
export async function eventually(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + DEADLINE_MS;
  while (!(await condition())) {
    if (performance.now() > giveUpAt) throw new Error(`waited ${DEADLINE_MS} ms in vain: ${what}`);
    await delay(POLL_MS);
  }
}

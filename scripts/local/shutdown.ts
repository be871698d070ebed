import { setTimeout as delay } from 'node:timers/promises';
import { step } from '../bootstrap/steps.mjs';

const CLEANUP_WITHIN_MS = 15_000;

/** One Ctrl-C arrives more than once: from the terminal, and passed on by npm and by the bootstrap. */
const SAME_KEYSTROKE_MS = 500;

/** Ends the process in order: what was started last stops first. */
export class Shutdown {
  private readonly cleanups: { label: string; stop: () => Promise<void> }[] = [];
  private startedAt: number | null = null;

  /** Listens for the signals, and for the end of the bootstrap that we run under (SIGKILL tells nobody else). */
  listen(): void {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => this.asked());
    process.on('uncaughtException', (error) => this.failed(error)); // guard: npm-start-uncaught-error
    if (process.channel) process.once('disconnect', () => this.asked());
  }

  /** Registered before the thing is started, so that a start that is cut off is cleaned up too. */
  add(label: string, stop: () => Promise<void>): void {
    this.cleanups.push({ label, stop });
  }

  get underWay(): boolean {
    return this.startedAt !== null;
  }

  /** Stops everything and ends the process. A cleanup that fails or hangs does not keep the others from running. */
  async run(exitCode: number): Promise<void> {
    if (this.startedAt !== null) return;
    this.startedAt = performance.now();
    let code = exitCode;
    for (const { label, stop } of this.cleanups.reverse()) {
      try {
        await step(`${label} stopped`, () => within(stop(), CLEANUP_WITHIN_MS));
      } catch (error) {
        code = 1;
        process.stderr.write(`    ${error instanceof Error ? error.message : String(error)}\n`);
      }
    }
    process.exit(code);
  }

  /** After an error that nothing caught, the services are still stopped in order. */
  private failed(error: unknown): void {
    process.stderr.write(`\n  Uncaught error: ${error instanceof Error ? error.stack : String(error)}\n`);
    void this.run(1);
  }

  private asked(): void {
    if (this.startedAt === null) {
      process.stderr.write('\n');
      void this.run(0);
    } else if (performance.now() - this.startedAt > SAME_KEYSTROKE_MS) {
      process.stderr.write('\n  Stopped immediately. The next start cleans up.\n');
      process.exit(130);
    }
  }
}

async function within(work: Promise<void>, deadlineMs: number): Promise<void> {
  const passed = new AbortController();
  const deadline = delay(deadlineMs, undefined, { signal: passed.signal }).then(() => {
    throw new Error(`not finished after ${deadlineMs / 1000} s`);
  });
  // Once the work is done nobody waits for the deadline any more, and its cancellation is no error.
  deadline.catch(() => {});
  await Promise.race([work, deadline]).finally(() => passed.abort());
}

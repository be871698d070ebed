import { setTimeout as delay } from 'node:timers/promises';
import { step } from '../bootstrap/steps.mjs';

const CLEANUP_TIMEOUT_MS = 15_000;

/** One Ctrl-C arrives several times: from the terminal, from npm and from the bootstrap. */
const SAME_KEYSTROKE_MS = 500;

/** Stops everything in reverse order of its start, then ends the process. */
export class Shutdown {
  private readonly cleanups: { label: string; stop: () => Promise<void> }[] = [];
  private startedAt: number | null = null;

  /** Listens for signals, and for the end of the bootstrap process, which SIGKILL ends without a signal to its child. */
  listen(): void {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => this.requested());
    process.on('uncaughtException', (error) => this.failed(error)); // guard: npm-start-uncaught-error
    // A terminal that is gone fails each write, also that of the error itself. There is nobody left to tell.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => void this.run(1)); // guard: lost-terminal
    if (process.channel) process.once('disconnect', () => this.requested());
  }

  /** Registers a cleanup. Call it before the start, so that an interrupted start is cleaned up too. */
  add(label: string, stop: () => Promise<void>): void {
    this.cleanups.push({ label, stop });
  }

  get underWay(): boolean {
    return this.startedAt !== null;
  }

  /** Stops everything and ends the process. If a cleanup fails or hangs, the others still run. */
  async run(exitCode: number): Promise<void> {
    if (this.startedAt !== null) return;
    this.startedAt = performance.now();
    let code = exitCode;
    for (const { label, stop } of this.cleanups.reverse()) {
      try {
        await step(`${label} stopped`, () => withTimeout(stop(), CLEANUP_TIMEOUT_MS));
      } catch (error) {
        code = 1;
        process.stderr.write(`    ${error instanceof Error ? error.message : String(error)}\n`);
      }
    }
    process.exit(code);
  }

  /** Stops the services in order after an uncaught error. */
  private failed(error: unknown): void {
    process.stderr.write(`\n  Uncaught error: ${error instanceof Error ? error.stack : String(error)}\n`);
    void this.run(1);
  }

  private requested(): void {
    if (this.startedAt === null) {
      process.stderr.write('\n');
      void this.run(0);
    } else if (performance.now() - this.startedAt > SAME_KEYSTROKE_MS) {
      process.stderr.write('\n  Stopped immediately. The next start cleans up.\n');
      process.exit(130);
    }
  }
}

async function withTimeout(work: Promise<void>, timeoutMs: number): Promise<void> {
  const settled = new AbortController();
  const timeout = delay(timeoutMs, undefined, { signal: settled.signal }).then(() => {
    throw new Error(`not finished after ${timeoutMs / 1000} s`);
  });
  // When the work finishes first, the timer is canceled, which must not count as an unhandled rejection.
  timeout.catch(() => {});
  await Promise.race([work, timeout]).finally(() => settled.abort());
}

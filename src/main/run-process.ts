import { loadConfig, type Config } from '../platform/config/config.ts';
import { readEnvironment } from '../platform/config/environment.ts';
import { withTimeout } from '../platform/with-timeout.ts';
import { createLogger, type Logger } from '../platform/observability/logger.ts';
import { StartupError } from '../platform/errors.ts';

interface Running {
  stop(): Promise<void>;
}

/** Time that requests have to finish after an uncaught error. */
const DRAIN_MS_MAX = 10_000;
/** An error can repeat many times while the process drains. */
const UNCAUGHT_LOGGED_MAX = 5;

/**
 * Runs a server in this process: reads the configuration, starts the server, and stops it on SIGINT or SIGTERM. A second
 * signal ends the process at once. If the operator can fix a failed start, prints one line to standard error; exits with
 * status 1 after any failed start.
 */
export async function runProcess(
  start: (config: Config) => Promise<Running>,
  drainMsMax = DRAIN_MS_MAX,
): Promise<void> {
  let logger: Logger | undefined;
  try {
    const config = loadConfig(readEnvironment());
    logger = createLogger(config.logLevel);
    for (const warning of config.warnings) logger.warn(warning);
    const running = new RunningProcess(logger, drainMsMax);
    running.started(await start(config));
  } catch (error) {
    if (error instanceof StartupError) process.stderr.write(`${error.message}\n`);
    else (logger ?? createLogger('fatal')).fatal({ err: error }, 'startup failed');
    process.exit(1);
  }
}

/** A running process, until a signal or an uncaught error ends it. */
class RunningProcess {
  readonly #logger: Logger;
  readonly #drainMsMax: number;
  #running: Running | undefined;
  #ending = false;
  #uncaught = 0;

  constructor(logger: Logger, drainMsMax: number) {
    this.#logger = logger;
    this.#drainMsMax = drainMsMax;
    // Includes unhandled rejections. After an uncaught error, the state of the process is unknown: it finishes the
    // requests in flight, accepts no new ones, and exits, so that a supervisor starts a new process.
    process.on('uncaughtException', (error: unknown, origin) => this.#onUncaught(error, origin));
  }

  started(running: Running): void {
    this.#running = running;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => this.#onSignal());
  }

  #onSignal(): void {
    if (this.#ending) process.exit(1);
    this.#ending = true;
    this.#stop().then(
      () => process.exit(0),
      (error: unknown) => {
        this.#logger.error({ err: error }, 'shutdown failed');
        process.exit(1);
      },
    );
  }

  #onUncaught(error: unknown, origin: string): void {
    // guard: uncaught-error-log-limit
    if (++this.#uncaught <= UNCAUGHT_LOGGED_MAX)
      this.#logger.fatal({ err: error, origin }, 'uncaught error; shutting down');
    if (this.#ending) return;
    this.#ending = true;
    void this.#drain();
  }

  async #drain(): Promise<never> {
    try {
      await withTimeout(this.#stop(), this.#drainMsMax, 'draining'); // guard: drain-after-uncaught-error
    } catch (late) {
      this.#logger.error({ err: late }, 'shutdown failed');
    }
    process.exit(1);
  }

  async #stop(): Promise<void> {
    await this.#running?.stop();
  }
}

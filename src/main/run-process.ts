import { loadConfig, type Config } from '../platform/config/config.ts';
import { readEnvironment } from '../platform/config/environment.ts';
import { withTimeout } from '../platform/with-timeout.ts';
import { createLogger, type Logger } from '../platform/observability/logger.ts';
import { StartupError } from '../platform/startup-error.ts';

interface Running {
  stop(): Promise<void>;
}

/** How long requests that are under way may take to finish after an error that nothing caught. */
const DRAIN_MS_MAX = 10_000;
/** One error may come many times while the process drains. */
const UNCAUGHT_LOGGED_MAX = 5;

/**
 * Runs a server as this process: reads the configuration, starts it, and stops it on SIGINT or SIGTERM. A second signal
 * ends the process at once. A failure to start that the operator can fix is one line on standard error and exit status 1.
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

/** A process between its start and its end, which a signal or an uncaught error brings about. */
class RunningProcess {
  readonly #logger: Logger;
  readonly #drainMsMax: number;
  #running: Running | undefined;
  #ending = false;
  #uncaught = 0;

  constructor(logger: Logger, drainMsMax: number) {
    this.#logger = logger;
    this.#drainMsMax = drainMsMax;
    // Unhandled rejections arrive here too. This is the last resort, after which the state of the process is unknown:
    // what is under way may finish, nothing new is taken, and a supervisor starts a new process.
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

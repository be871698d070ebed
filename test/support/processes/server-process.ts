import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { withTimeout } from '../../../src/platform/with-timeout.ts';

export type LogLine = Readonly<Record<string, unknown>>;

export interface ServerSettings {
  readonly databaseUrl: string;
  /** One Redis; else `redisEnv` has its settings. */
  readonly redisUrl?: string;
  readonly redisEnv?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface ServerOptions extends ServerSettings {
  /** Entry file. */
  readonly file: string;
  /** Receives every line of its log. */
  readonly onLog?: (line: LogLine) => void;
}

export const TEST_SECRET = 'a secret for tests, 32 characters or more';

const endWithParent = new URL('end-with-parent.mjs', import.meta.url).href;

const READY_WITHIN_MS = 30_000;
const STOPPED_WITHIN_MS = 20_000;
const READY_LINES = new Set(['API listening', 'worker started']);
const LOG_KEPT_MAX = 1_000;
const LAST_LINES = 60;

/** A server in a separate process, as in production. A test can kill, freeze and restart it. */
export class ServerProcess implements AsyncDisposable {
  readonly #options: ServerOptions;
  #child: ChildProcess | undefined;
  #url: string | null = null;
  #metricsPort: unknown;
  #ending = false;
  // A test process that exits leaves no server behind, even a frozen one. If it is killed, `endWithParent` does the rest.
  readonly #killWithUs = () => this.#child?.kill('SIGKILL');
  frozen = false;
  /** Unexpected exits, each with the last output of the process. */
  readonly unexpectedExits: string[] = [];
  /** The latest log lines, parsed; other output as `{ msg }`. */
  readonly log: LogLine[] = [];

  constructor(options: ServerOptions) {
    this.#options = options;
  }

  /** `http://127.0.0.1:…` while it accepts requests; empty for a worker. */
  get url(): string | null {
    return this.#url;
  }

  /** The address of its metrics. */
  get metricsUrl(): string {
    return `http://127.0.0.1:${String(this.#metricsPort)}/metrics`;
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** Null while it runs, or if a signal ended it. */
  get exitCode(): number | null {
    return this.#child?.exitCode ?? null;
  }

  /** Whether the process still runs. */
  alive(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves when it accepts requests. @throws if it exits first or takes too long. */
  async start(): Promise<void> {
    const { file } = this.#options;
    const child = this.#spawn();
    this.#child = child;
    this.#ending = false;
    this.log.length = 0;
    process.once('exit', this.#killWithUs);
    const ready = this.#hear(child);
    const ended = once(child, 'exit').then(([code, signal]: unknown[]) => {
      process.off('exit', this.#killWithUs);
      if (this.#child === child) this.#url = null;
      const how = `${file} ended with ${String(signal ?? code)}: ${this.#saidLast()}`;
      if (!this.#ending) this.unexpectedExits.push(how);
      return how;
    });
    const failed = ended.then((how) => Promise.reject(new Error(how)));
    const asked = Promise.race([ready, failed]);
    this.#url = await withTimeout(asked, READY_WITHIN_MS, () => this.#late('is not ready'));
  }

  /** Kills it, as a machine failure does. Resolves when it is gone. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Shuts it down gracefully. @throws if that takes too long. */
  async stop(): Promise<void> {
    await withTimeout(this.#end('SIGTERM'), STOPPED_WITHIN_MS, () => this.#late('does not stop'));
  }

  /** Resolves when the process exits by itself, as the test told it to. Such an exit counts as expected. */
  async ended(): Promise<void> {
    this.#ending = true;
    if (this.#child !== undefined && this.alive()) await once(this.#child, 'exit');
  }

  freeze(): void {
    this.frozen = true;
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
    this.frozen = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.#ending = true;
    this.#url = null;
    const child = this.#child;
    if (child === undefined || !this.alive()) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  #spawn(): ChildProcess {
    const { file, databaseUrl, redisUrl, redisEnv, env } = this.#options;
    return spawn(process.execPath, ['--import', endWithParent, file], {
      env: {
        ...process.env,
        HOST: '127.0.0.1',
        PORT: '0',
        METRICS_PORT: '0',
        DATABASE_URL: databaseUrl,
        ...(redisEnv ?? { REDIS_URL: redisUrl }),
        AUTH_SECRET: TEST_SECRET,
        LOG_LEVEL: 'info',
        NODE_ENV: 'test',
        RATE_LIMITS: 'off',
        ...env,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  }

  /** Reads the output from now on. Resolves with the address once the process reports that it is ready. */
  #hear({ stdout, stderr }: ChildProcess): Promise<string> {
    if (stdout === null || stderr === null) throw new Error('the server has no output to listen to');
    const keep = (line: LogLine) => void (this.log.push(line) > LOG_KEPT_MAX && this.log.shift());
    createInterface({ input: stderr }).on('line', (msg) => keep({ msg }));
    return new Promise((resolve) => {
      createInterface({ input: stdout }).on('line', (text) => {
        const line = parseLine(text);
        keep(line);
        this.#options.onLog?.(line);
        const { msg, url, metricsPort } = line;
        // By number, because clients may try IPv6 first for a name, and nothing listens there.
        if (!READY_LINES.has(String(msg))) return;
        this.#metricsPort = metricsPort;
        resolve(typeof url === 'string' ? url.replace('localhost', '127.0.0.1') : '');
      });
    });
  }

  #late(what: string): Error {
    return new Error(`${this.#options.file} ${what}: ${this.#saidLast()}`);
  }

  #saidLast(): string {
    return this.log
      .slice(-LAST_LINES)
      .map((line) => JSON.stringify(line))
      .join('\n');
  }
}

function parseLine(text: string): LogLine {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return { msg: text };
  }
}

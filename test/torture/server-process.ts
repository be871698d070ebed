import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { TEST_SECRET } from '../support/api-process.ts';

export interface ServerOptions {
  /** The entry file. */
  readonly file: string;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Told of every line of its log. */
  readonly onLog?: (line: Readonly<Record<string, unknown>>) => void;
}

const READY_WITHIN_MS = 30_000;
const STOPPED_WITHIN_MS = 20_000;
const READY_LINES = new Set(['the API takes connections', 'the worker runs']);

/** A server of ours as a process that can be killed, frozen and started again. */
export class ServerProcess {
  readonly #options: ServerOptions;
  #child: ChildProcess | undefined;
  #url: string | null = null;
  #ending = false;
  readonly #killWithUs = () => this.#child?.kill('SIGKILL');
  frozen = false;
  /** Ends that nobody had asked for, each with what the process said last. */
  readonly unasked: string[] = [];

  constructor(options: ServerOptions) {
    this.#options = options;
  }

  /** `http://127.0.0.1:…`, while it can be asked. */
  get url(): string | null {
    return this.#url;
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  async start(): Promise<void> {
    const { file, databaseUrl, redisUrl, env, onLog } = this.#options;
    const child = spawn(process.execPath, [file], {
      env: {
        ...process.env,
        HOST: '127.0.0.1',
        PORT: '0',
        DATABASE_URL: databaseUrl,
        REDIS_URL: redisUrl,
        AUTH_SECRET: TEST_SECRET,
        LOG_LEVEL: 'info',
        NODE_ENV: 'test',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.#ending = false;
    process.once('exit', this.#killWithUs);
    const said: string[] = [];
    const hear = (text: string) => void (said.push(text) > 60 && said.shift());
    createInterface({ input: child.stderr }).on('line', hear);
    const ready = new Promise<string>((resolve) => {
      createInterface({ input: child.stdout }).on('line', (text) => {
        hear(text);
        const line = parseLine(text);
        onLog?.(line);
        const { msg, url } = line;
        if (READY_LINES.has(String(msg)))
          resolve(typeof url === 'string' ? url.replace('localhost', '127.0.0.1') : '');
      });
    });
    const ended = once(child, 'exit').then(([code, signal]: unknown[]) => {
      process.off('exit', this.#killWithUs);
      if (this.#child === child) this.#url = null;
      const how = `${file} ended with ${String(signal ?? code)}: ${said.join('\n')}`;
      if (!this.#ending) this.unasked.push(how);
      return how;
    });
    const late = new AbortController();
    this.#url = await Promise.race([
      ready,
      ended.then((how) => Promise.reject(new Error(how))),
      delay(READY_WITHIN_MS, undefined, { signal: late.signal }).then(() =>
        Promise.reject(new Error(`${file} is not ready: ${said.join('\n')}`)),
      ),
    ]).finally(() => late.abort());
  }

  /** Ends as if the machine had lost it. Resolves when it is gone. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Ends in order: what is under way is finished first. @throws where that takes too long. */
  async stop(): Promise<void> {
    const late = new AbortController();
    await Promise.race([
      this.#end('SIGTERM'),
      delay(STOPPED_WITHIN_MS, undefined, { signal: late.signal }).then(() =>
        Promise.reject(new Error(`${this.#options.file} does not stop`)),
      ),
    ]).finally(() => late.abort());
  }

  /** Resolves when the process has ended by itself, as it was told to: that counts as asked for. */
  async ended(): Promise<void> {
    this.#ending = true;
    const child = this.#child;
    if (child !== undefined && child.exitCode === null && child.signalCode === null)
      await once(child, 'exit');
  }

  freeze(): void {
    this.frozen = true;
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
    this.frozen = false;
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.#ending = true;
    this.#url = null;
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}

function parseLine(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return { msg: text };
  }
}

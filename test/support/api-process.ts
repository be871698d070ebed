import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface ServerProcess extends AsyncDisposable {
  /** `http://localhost:…`; empty for a worker. */
  readonly url: string;
  readonly child: ChildProcess;
  /** Its log, one parsed line each. */
  readonly log: Record<string, unknown>[];
  /** True as long as the process has not ended by itself or otherwise. */
  alive(): boolean;
}

export interface ServerSettings {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly env?: Readonly<Record<string, string>>;
}

export const TEST_SECRET = 'a secret for tests, 32 characters or more';

/** The API as a process of its own, on a free port, as in production. */
export function startApiProcess(settings: ServerSettings): Promise<ServerProcess> {
  return startProcess('src/main/api.ts', settings, (line) => line['msg'] === 'the API takes connections');
}

/** The worker as a process of its own. */
export function startWorkerProcess(settings: ServerSettings): Promise<ServerProcess> {
  return startProcess('src/main/worker.ts', settings, (line) => line['msg'] === 'the worker runs');
}

async function startProcess(
  file: string,
  { databaseUrl, redisUrl, env }: ServerSettings,
  isReady: (line: Record<string, unknown>) => boolean,
): Promise<ServerProcess> {
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
  // A test process that ends leaves no server behind.
  const killWithTest = () => child.kill('SIGKILL');
  process.once('exit', killWithTest);
  const log: Record<string, unknown>[] = [];
  const errors: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
  const ready = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = parseLine(text);
      log.push(line);
      if (isReady(line)) resolve(typeof line['url'] === 'string' ? line['url'] : '');
    });
    child.once('exit', (code) =>
      reject(new Error(`${file} ended with ${code}: ${errors.join('')}${JSON.stringify(log.slice(-3))}`)),
    );
  });
  const url = await ready;
  const alive = () => child.exitCode === null && child.signalCode === null;
  return {
    url,
    child,
    log,
    alive,
    async [Symbol.asyncDispose]() {
      process.off('exit', killWithTest);
      if (!alive()) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function parseLine(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return { msg: text };
  }
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { ROOT } from '../../scripts/local/command.ts';
import { createTestDatabase, type TestDatabase } from '../support/services/database.ts';
import { eventually } from '../support/eventually.ts';
import { startTestRedis, type TestRedis } from '../support/services/redis.ts';
import { ServerProcess, type LogLine } from '../support/processes/server-process.ts';

let database: TestDatabase;
let redis: TestRedis;

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), startTestRedis()]);
});
afterAll(async () => {
  await redis.stop();
  await database.drop();
});

async function start(
  env: Record<string, string> = {},
  file = 'test/support/processes/failing-api.ts',
): Promise<ServerProcess> {
  const server = new ServerProcess({
    file,
    databaseUrl: database.url,
    redisUrl: redis.url,
    env,
  });
  await server.start();
  return server;
}

function fail(server: ServerProcess, signal: 'SIGUSR2' | 'SIGWINCH'): void {
  process.kill(server.pid ?? 0, signal);
}

const fatal = (server: ServerProcess): readonly LogLine[] =>
  server.log.filter(({ level }) => level === 'fatal');

/** Sends a request whose body is still on its way. */
async function underWay(server: ServerProcess): Promise<{ req: ClientRequest; finish: () => void }> {
  const body = JSON.stringify({ query: '{__typename}' });
  const req = request(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': body.length, expect: '100-continue' },
  });
  req.flushHeaders();
  // The server has the headers and counts the request as in flight.
  await once(req, 'continue');
  req.write(body.slice(0, 5));
  return { req, finish: () => req.end(body.slice(5)) };
}

describe('an uncaught error', () => {
  it.each([
    ['SIGUSR2', 'thrown in a listener', 'uncaughtException'],
    ['SIGWINCH', 'rejected and forgotten', 'unhandledRejection'],
  ] as const)(
    'is logged (%s), in-flight requests are answered, and the process exits with status 1',
    async (signal, message, origin) => {
      const server = await start();
      const { req, finish } = await underWay(server);
      const url = server.url ?? '';
      fail(server, signal);
      await eventually('it is logged', () => fatal(server).length > 0);
      expect(fatal(server)).toMatchObject([
        { err: { message, stack: expect.any(String) as string }, origin },
      ]);
      // Again while it drains: it must neither end at once nor start over.
      fail(server, signal);
      await eventually('nothing new is taken', async () => {
        const answer = await fetch(`${url}/ready`).catch(() => null);
        return answer === null || answer.status === 503;
      });
      finish();
      const [answer] = (await once(req, 'response')) as [IncomingMessage];
      answer.resume();
      expect(answer.statusCode).toBe(200);
      await server.ended();
      expect(server.exitCode).toBe(1);
    },
  );

  it('ends the process within a time limit, whatever is in flight', async () => {
    const server = await start({ TEST_DRAIN_MS_MAX: '300' });
    const { req } = await underWay(server);
    const cut = once(req, 'error');
    fail(server, 'SIGUSR2');
    await server.ended();
    await cut;
    expect(server.exitCode).toBe(1);
    expect(server.log).toContainEqual(expect.objectContaining({ level: 'error', msg: 'shutdown failed' }));
  });

  it('that repeats does not fill the log', async () => {
    const server = await start();
    const { req, finish } = await underWay(server);
    req.on('error', () => {});
    for (let i = 0; i < 20; i++) {
      fail(server, 'SIGUSR2');
      // Pending signals of one kind are merged, so the next one is sent only when the last one has arrived.
      await eventually('it is logged', () => fatal(server).length >= Math.min(i + 1, 5));
    }
    finish();
    await server.ended();
    expect(fatal(server)).toHaveLength(5);
    expect(server.exitCode).toBe(1);
  });

  it('ends a worker in the same way', async () => {
    const server = await start({ TEST_WORKER: '1' });
    fail(server, 'SIGWINCH');
    await server.ended();
    expect(fatal(server)).toMatchObject([{ err: { message: 'rejected and forgotten' } }]);
    expect(server.exitCode).toBe(1);
  });

  it('stops npm start gracefully, including its services', async () => {
    const throwing = `process.on('SIGUSR2', () => { throw new Error('thrown in a listener'); })`;
    const server = await start(
      {
        NODE_ENV: 'production',
        NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(throwing)}`,
        SELLOUT_DATA_DIR: mkdtempSync(path.join(inject('scratchFolder'), 'start-')),
      },
      'scripts/start.ts',
    );
    await eventually('it is ready', () => server.log.some(({ msg }) => String(msg).includes('is ready')));
    fail(server, 'SIGUSR2');
    await server.ended();
    expect(server.exitCode).toBe(1);
    const said = server.log.map(({ msg }) => String(msg)).join('\n');
    expect(said).toContain('Uncaught error: Error: thrown in a listener');
    expect(said).toMatch(/API stopped[^]*Worker stopped/);
  });

  it('of a terminal that is gone stops a command, which still cleans up', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', WRITING_COMMAND], { cwd: ROOT });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    child.stdout.destroy();
    child.stderr.destroy();
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).toBe(1);
  });
});

const WRITING_COMMAND = `
  import { readFile } from 'node:fs/promises';
  import { Shutdown } from './scripts/local/shutdown.ts';
  const shutdown = new Shutdown();
  shutdown.listen();
  shutdown.add('a service', () => readFile('package.json'));
  for (;;) {
    process.stdout.write('still here\\n');
    await readFile('package.json');
  }`;

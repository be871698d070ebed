import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, Redis as Client } from 'ioredis';
import { freePorts } from '../../../scripts/cluster/ports.ts';
import { ClusterPart } from '../../../scripts/cluster/redis/cluster-part.ts';
import { findMaster } from '../../../scripts/local/redis/redis-cluster.ts';
import { eventTopic } from '../../../src/messaging/messages.ts';
import { connectRedis, type Redis, type RedisAddress } from '../../../src/platform/redis/redis.ts';
import { percentile } from '../closed-loop.ts';
import type { BenchContext } from '../context.ts';
import { readRedisUsage } from '../cpu.ts';
import { ratioAndSpread, short, table } from '../markdown.ts';
import { divideByRound, measureInTurn, median } from '../measure.ts';
import { ServerProcess } from '../server-process.ts';
import type { Received, Subscriptions } from './subscriber-process.ts';

const PROCESS = new URL('./subscriber-process.ts', import.meta.url);
const MASTERS = 3;
/** Numbers of subscribers. Up to four are processes; more share four processes, with connections of their own. */
const SUBSCRIBERS = [1, 2, 4, 48] as const;
const PROCESSES_MAX = 4;
const EVENTS = [1, 60] as const;
const MESSAGES_PER_SECOND = 500;
/** They are published in groups. */
const PUBLISH_EVERY_MS = 10;
const MESSAGE_BYTES = 1_024;

const KINDS = ['one', 'plain', 'sharded'] as const;
type Kind = (typeof KINDS)[number];
const labels: Record<Kind, string> = {
  one: 'one Redis, PUBLISH',
  plain: 'cluster, PUBLISH',
  sharded: 'cluster, SPUBLISH',
};

interface PubSubFigures {
  /** CPU microseconds per message of all nodes, and of the node that needs most. */
  readonly micros: number;
  readonly busiestMicros: number;
  readonly deliveries: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

interface Contender {
  readonly kind: Kind;
  readonly events: number;
  readonly subscribers: number;
  readonly runs: PubSubFigures[];
}

interface Transport {
  readonly publisher: Redis;
  /** Connections for commands to each node. */
  readonly nodes: readonly Client[];
  /** CPU seconds per second of each node without messages. */
  readonly idle: readonly number[];
  /** Returns the connections of one subscriber. */
  readonly connections: (topics: readonly string[], subscriber: number) => Subscriptions['connections'];
}

/**
 * Compares plain and sharded pub/sub in a Redis Cluster of three masters, each with a replica, and plain pub/sub in one Redis.
 * Each subscriber gets all messages.
 */
export async function runPubSub({ services, app, ...size }: BenchContext): Promise<string> {
  await using stack = new AsyncDisposableStack();
  const cluster = new ClusterPart({
    folder: path.join(services.folder, 'pubsub'),
    ports: await freePorts(),
    password: 'pubsub',
  });
  stack.defer(async () => void (await Promise.all(cluster.nodes.map((node) => node.stop()))));
  await cluster.start();
  const urls = cluster.nodes.map(({ url }) => url);
  const open = (nodes: readonly string[], address: RedisAddress, connections: Transport['connections']) =>
    openTransport(stack, {
      nodes,
      publisher: connectRedis(address, 'bench-pubsub', app.logger),
      connections,
    });
  // As subscribers of the product are: at any node. Here they are spread evenly.
  const anyNode: Transport['connections'] = (topics, subscriber) => [
    { url: urls[subscriber % urls.length] ?? '', topics },
  ];
  const transports: Record<Kind, Transport> = {
    one: await open([services.redisUrl], services.redisUrl, (topics) => [{ url: services.redisUrl, topics }]),
    plain: await open(urls, urls, anyNode),
    sharded: await open(urls, urls, (topics) => groupByMaster(urls, topics)),
  };
  const processes: ServerProcess[] = [];
  while (processes.length < PROCESSES_MAX) {
    const process = await ServerProcess.start(PROCESS, [], {});
    stack.defer(() => process.stop());
    processes.push(process);
  }
  const contenders = EVENTS.flatMap((events) =>
    SUBSCRIBERS.flatMap((subscribers) =>
      KINDS.map((kind): Contender => ({ kind, events, subscribers, runs: [] })),
    ),
  );
  await measureInTurn(contenders, size, (contender, seconds) =>
    runOne(transports[contender.kind], contender, processes.slice(0, contender.subscribers), seconds),
  );
  return report(contenders);
}

async function openTransport(
  stack: AsyncDisposableStack,
  {
    nodes: urls,
    publisher,
    connections,
  }: Omit<Transport, 'nodes' | 'idle'> & { readonly nodes: readonly string[] },
): Promise<Transport> {
  const nodes = urls.map((url) => new Client(url));
  stack.defer(() => {
    publisher.disconnect();
    for (const node of nodes) node.disconnect();
  });
  const before = await readCpu(nodes);
  const startedAt = performance.now();
  await sleep(2_000);
  const after = await readCpu(nodes);
  const elapsed = (performance.now() - startedAt) / 1_000;
  return { publisher, nodes, idle: after.map((cpu, i) => (cpu - (before[i] ?? 0)) / elapsed), connections };
}

/** Sharded subscriptions are at the master of the topic's slot: one connection to each. */
function groupByMaster(urls: readonly string[], topics: readonly string[]): Subscriptions['connections'] {
  const masterOf = (topic: string) => findMaster(new Command('get', [topic]).getSlot() ?? 0, MASTERS);
  return urls
    .slice(0, MASTERS)
    .map((url, master) => ({ url, topics: topics.filter((topic) => masterOf(topic) === master) }));
}

function readCpu(nodes: readonly Client[]): Promise<number[]> {
  return Promise.all(nodes.map(async (node) => (await readRedisUsage(node)).cpuSeconds));
}

async function runOne(
  { publisher, nodes, idle, connections }: Transport,
  { kind, events, subscribers }: Contender,
  processes: readonly ServerProcess[],
  seconds: number,
): Promise<PubSubFigures> {
  const topics = Array.from({ length: events }, (_, i) => eventTopic(i + 1));
  const isSharded = kind === 'sharded';
  const each = subscribers / processes.length;
  await Promise.all(
    processes.map((process, i) => {
      const own = Array.from({ length: each }, (_, k) =>
        connections(topics, i + k * processes.length),
      ).flat();
      return process.ask(JSON.stringify({ isSharded, connections: own } satisfies Subscriptions));
    }),
  );
  const before = await readCpu(nodes);
  const startedAt = performance.now();
  const total = Math.round(MESSAGES_PER_SECOND * seconds);
  await publishAtRate(total, (i) => {
    const topic = topics[i % topics.length] ?? '';
    const text = `${process.hrtime.bigint()} `.padEnd(MESSAGE_BYTES, '.');
    return isSharded ? publisher.spublish(topic, text) : publisher.publish(topic, text);
  });
  const received = await Promise.all(processes.map((process) => process.ask<Received>(String(total * each))));
  const elapsed = (performance.now() - startedAt) / 1_000;
  const after = await readCpu(nodes);
  await Promise.all(processes.map((process) => process.ask('')));
  for (const { messages } of received)
    if (messages !== total * each)
      throw new Error(`${labels[kind]}: ${messages} of ${total * each} messages were received`);
  const micros = after.map((cpu, i) => ((cpu - (before[i] ?? 0) - (idle[i] ?? 0) * elapsed) / total) * 1e6);
  const latenciesMs = Float64Array.from(received.flatMap((report) => report.latenciesMs)).sort();
  return {
    micros: micros.reduce((sum, each) => sum + each, 0),
    busiestMicros: Math.max(...micros),
    deliveries: received.reduce((sum, { messages }) => sum + messages, 0) / elapsed,
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: percentile(latenciesMs, 0.99),
  };
}

/** Publishes in groups at fixed times, and waits for all responses. */
async function publishAtRate(total: number, publish: (i: number) => Promise<unknown>): Promise<void> {
  const startedAt = performance.now();
  const responses: Promise<unknown>[] = [];
  while (responses.length < total) {
    const due = Math.min(total, Math.ceil(((performance.now() - startedAt) / 1_000) * MESSAGES_PER_SECOND));
    while (responses.length < due) responses.push(publish(responses.length));
    await sleep(PUBLISH_EVERY_MS);
  }
  await Promise.all(responses);
}

function report(contenders: readonly Contender[]): string {
  const rows = contenders.map(({ kind, events, subscribers, runs }) => {
    const plain = contenders.find(
      (other) => other.kind === 'plain' && other.events === events && other.subscribers === subscribers,
    );
    const of = (name: keyof PubSubFigures, from = runs) => from.map((run) => run[name]);
    const what = `${events === 1 ? '1 event' : `${events} events`}, ${subscribers === 1 ? '1 subscriber' : `${subscribers} subscribers`}`;
    return [
      `${what}: ${labels[kind]}`,
      short(median(of('micros'))),
      ratioAndSpread(divideByRound(of('micros'), of('micros', plain?.runs))),
      short(median(of('busiestMicros'))),
      ratioAndSpread(divideByRound(of('busiestMicros'), of('busiestMicros', plain?.runs))),
      short(median(of('deliveries'))),
      short(median(of('p50Ms'))),
      short(median(of('p99Ms'))),
    ];
  });
  const header = [
    `${MESSAGES_PER_SECOND} messages/s of ${MESSAGE_BYTES} bytes`,
    'all nodes, µs per message',
    'to PUBLISH in the cluster',
    'busiest node, µs per message',
    'to PUBLISH in the cluster',
    'deliveries/s',
    'p50 ms',
    'p99 ms',
  ];
  return table(header, rows);
}

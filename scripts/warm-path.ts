// `npm run warm-path`: prints the source files that one warm `holdSeats` runs through, from the HTTP request to the seat
// update of a watcher on the same node.
//
// Starts the API in this process on temporary services, holds one seat to warm up, and holds five more under V8's precise
// coverage. A file counts if each of these holds called one of its functions, so that timers add none. Rate limits are off
// (they add three files of src/traffic), and the event has no waiting room.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Profiler } from 'node:inspector';
import { Session } from 'node:inspector/promises';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { seed } from '../prisma/seed.ts';
import { startApi } from '../src/main/api.ts';
import { loadConfig } from '../src/platform/config/config.ts';
import { step } from './bootstrap/steps.mjs';
import { refuseArguments, ROOT, runCommand } from './local/command.ts';
import { withScratchServices } from './local/scratch-services.ts';
import { migrate } from './schema/apply-migrations.ts';

const EVENT = `{ events(status: ON_SALE, first: 1) { edges { node { id
  seats(first: 6, status: AVAILABLE) { edges { node { id } } } } } } }`;
const SESSION = 'mutation { startGuestSession { token } }';
const HOLD = `mutation Hold($input: HoldSeatsInput!) {
  holdSeats(input: $input) { __typename ... on Booking { id status } ... on Error { code message } }
}`;
const UPDATES = `subscription Updates($eventId: ID!) {
  seatUpdates(eventId: $eventId) {
    __typename
    ... on SeatMapSnapshot { version states }
    ... on SeatsChanged { fromVersion version seats { index status } }
  }
}`;

interface Connection<Node> {
  readonly edges: readonly { readonly node: Node }[];
}

interface EventData {
  readonly events: Connection<{ readonly id: string; readonly seats: Connection<{ readonly id: string }> }>;
}

interface CalledFile {
  readonly file: string;
  readonly functions: number;
}

await runCommand(async () => {
  refuseArguments('warm-path');
  const files = await withScratchServices(async ({ databaseUrl, redisUrl }) => {
    await step('Migrations', () => migrate(databaseUrl));
    await step('Example events', () => seed({ databaseUrl }));
    const api = await startApi(
      loadConfig({
        DATABASE_URL: databaseUrl,
        REDIS_URL: redisUrl,
        AUTH_SECRET: randomUUID(),
        HOST: '127.0.0.1',
        PORT: '0',
        RATE_LIMITS: 'off',
        LOG_LEVEL: 'error',
      }),
    );
    try {
      return await step('Holds', () => traceHolds(`http://127.0.0.1:${api.port}/graphql`));
    } finally {
      await api.stop();
    }
  });
  print(files);
});

/** Holds one seat without and some with coverage, and returns the files that every hold ran through. */
async function traceHolds(url: string): Promise<CalledFile[]> {
  const event = (await request<EventData>(url, EVENT)).events.edges[0]?.node;
  const session = await request<{ startGuestSession: { token: string } }>(url, SESSION);
  const { token } = session.startGuestSession;
  if (event === undefined) throw new Error('The examples contain no event on sale.');
  const socket = await watch(url, event.id);
  try {
    const inspector = new Session();
    inspector.connect();
    await inspector.post('Profiler.enable');
    const traces: CalledFile[][] = [];
    for (const [i, { node }] of event.seats.edges.entries()) {
      if (i === 1)
        await inspector.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
      const update = once(socket, 'message');
      const input = { eventId: event.id, seatIds: [node.id] };
      const { holdSeats } = await request<{ holdSeats: { __typename: string } }>(url, HOLD, { input }, token);
      if (holdSeats.__typename !== 'Booking') throw new Error(JSON.stringify(holdSeats));
      await update;
      // Work that follows the response, such as its metrics.
      await nextTurn();
      // Also resets the counts.
      if (i > 0) traces.push(toCalledFiles((await inspector.post('Profiler.takePreciseCoverage')).result));
    }
    inspector.disconnect();
    const [first = [], ...others] = traces;
    return first.filter(({ file }) => others.every((trace) => trace.some((called) => called.file === file)));
  } finally {
    socket.terminate();
  }
}

function toCalledFiles(coverage: readonly Profiler.ScriptCoverage[]): CalledFile[] {
  return coverage.flatMap(({ url: module, functions }) => {
    const called = functions.filter(({ ranges }) => (ranges[0]?.count ?? 0) > 0).length;
    const file = module.startsWith('file:') ? path.relative(ROOT, fileURLToPath(module)) : '';
    return called > 0 && /^src\/(?!generated\/)/.test(file) ? [{ file, functions: called }] : [];
  });
}

async function request<T>(url: string, query: string, variables: object = {}, token = ''): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data?: T; errors?: unknown };
  if (data == null || errors !== undefined) throw new Error(JSON.stringify(errors));
  return data;
}

/** Subscribes to the seat updates of an event, and returns the socket after the first message. */
async function watch(url: string, eventId: string): Promise<WebSocket> {
  const socket = new WebSocket(url.replace('http:', 'ws:'), 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  const payload = { query: UPDATES, variables: { eventId } };
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
  await once(socket, 'message');
  return socket;
}

function print(files: readonly CalledFile[]): void {
  const sorted = files.toSorted((a, b) => (a.file < b.file ? -1 : 1));
  for (const { file, functions } of sorted)
    process.stdout.write(`${String(functions).padStart(4)}  ${file}\n`);
  process.stdout.write(`\n${files.length} files, with the number of functions called in each\n`);
}

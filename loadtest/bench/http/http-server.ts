import { createYoga } from 'graphql-yoga';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { schema } from '../../../src/graphql/schema/schema.ts';
import { toBookingRow } from '../../../src/graphql/schema/booking.ts';
import type { DeadlineContext } from '../../../src/graphql/reads/hold-deadlines.ts';
import { serveApi } from '../../../src/main/api.ts';
import { createContext } from '../../../src/main/context.ts';
import { loadConfig } from '../../../src/platform/config/config.ts';
import { ownCpuSeconds } from '../cpu.ts';
import { idleRecord } from './http-operation.ts';

/*
 * One of the compared servers, as a child process: http-server.ts bare|yoga|idle|batchless|sellout. Sends its port to the parent, then
 * reports its CPU time on request.
 */

type Kind = 'bare' | 'yoga' | 'idle' | 'batchless' | 'sellout';

const kind = process.argv[2] as Kind;
const config = loadConfig();

/** Replaces the resolver of holdSeats with one that returns a constant. */
function makeIdle(): void {
  const field = schema.getMutationType()?.getFields()['holdSeats'];
  if (field === undefined) throw new Error('the schema has no holdSeats');
  field.resolve = () => toBookingRow(idleRecord);
}

async function bare(): Promise<number> {
  const { createdAtMs, holdExpiresAtMs, eventId, id, status } = idleRecord;
  return listen(
    createServer((req, res) => {
      const chunks: Buffer[] = [];
      req.on('data', (chunk: Buffer) => chunks.push(chunk));
      req.on('end', () => {
        const { query } = JSON.parse(Buffer.concat(chunks).toString()) as { query: string };
        if (typeof query !== 'string') throw new Error('no query');
        const holdSeats = {
          __typename: 'Booking',
          id: Buffer.from(`Booking:${eventId}:${id}`).toString('base64'),
          status,
          createdAt: new Date(createdAtMs).toISOString(),
          holdExpiresAt: new Date(holdExpiresAtMs).toISOString(),
        };
        const body = JSON.stringify({ data: { holdSeats } });
        res.writeHead(200, {
          'content-type': 'application/json; charset=utf-8',
          'content-length': Buffer.byteLength(body),
        });
        res.end(body);
      });
    }),
  );
}

/** Starts Yoga as in its documentation, on the same schema. */
async function stockYoga(): Promise<number> {
  makeIdle();
  const deadlines: DeadlineContext = {
    clock: { nowMs: () => Date.now() },
    service: { recordedOutages: { outages: [], probedAtMs: 0 }, presumedOutages: [] },
  };
  const yoga = createYoga({ schema, context: { ...deadlines, viewer: null }, logging: false });
  return listen(createServer((req, res) => void yoga(req, res)));
}

async function sellout(): Promise<number> {
  if (kind === 'idle') makeIdle();
  const context = await createContext(config);
  // Everything up to the queue of commands runs as usual: authorization, the plugins of the schema, and the log.
  if (kind === 'batchless')
    context.groupCommit.submit = () => Promise.resolve({ kind: 'done', booking: idleRecord });
  const { port } = await serveApi(context);
  return port;
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

const starts: Record<Kind, () => Promise<number>> = {
  bare,
  yoga: stockYoga,
  idle: sellout,
  batchless: sellout,
  sellout,
};
const port = await starts[kind]();
process.on('message', () => process.send?.({ cpuSeconds: ownCpuSeconds() }));
process.on('disconnect', () => process.exit(0));
process.send?.({ port });

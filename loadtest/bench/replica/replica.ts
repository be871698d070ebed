import { randomUUID } from 'node:crypto';
import { holdSeats } from '../../../src/booking/operations/hold-seats.ts';
import type { BenchContext } from '../context.ts';
import { addEvents } from '../http/event-list.ts';
import { distinctSeats } from '../holds/seat-sources.ts';
import { measureInTurn } from '../measure.ts';
import { ServerProcess } from '../server-process.ts';
import { measureHolds, reportHolds, type HoldsContender } from './holds-while-reading.ts';
import { measureReads, reportReads, type ReadsContender } from './measure-reads.ts';
import { reads, type ReadTargets } from './reads.ts';
import {
  EVENTS,
  requireCaughtUp,
  SEATS,
  SERVER,
  startReplica,
  type ReplicaContext,
} from './replica-context.ts';

const CHANGES = 200;

/**
 * Compares reads of an API process with and without a replica, and holds at the primary meanwhile. PostgreSQL and its standby are the
 * benchmark's own.
 */
export async function runReplica(size: BenchContext): Promise<string> {
  await using stack = new AsyncDisposableStack();
  const ctx = await startReplica(stack);
  const targets = await prepareReads(ctx);
  const contenders = reads.flatMap((read): ReadsContender[] => [
    { read, from: 'primary', server: ctx.primaryOnly, runs: [] },
    { read, from: 'replica', server: ctx.withReplica, runs: [] },
  ]);
  await measureInTurn(contenders, size, (contender, seconds) =>
    measureReads(ctx, contender, targets, seconds),
  );
  const sales: HoldsContender[] = [
    { label: 'no reads', server: null, runs: [] },
    { label: 'reads from the primary', server: ctx.primaryOnly, runs: [] },
    { label: 'reads from the replica', server: ctx.withReplica, runs: [] },
  ];
  const seller = await ServerProcess.start(SERVER, [], ctx.env);
  stack.defer(() => seller.stop());
  await measureInTurn(sales, size, (contender, seconds) => measureHolds(ctx, seller, contender, seconds));
  return `${reportReads(contenders)}\n\n${reportHolds(sales)}`;
}

async function prepareReads({ arena, app, ...ctx }: ReplicaContext): Promise<ReadTargets> {
  const eventIds = await arena.freshEvents(EVENTS);
  const [eventId = 0] = eventIds;
  const next = distinctSeats(SEATS);
  for (let i = 0; i < CHANGES; i++) {
    const input = { eventId, buyerId: randomUUID(), seats: [next()], idempotencyKey: null };
    await holdSeats(app, { ...input, onConflict: 'FAIL' });
  }
  const { seatVersion: version } = await arena.db.event.findUniqueOrThrow({ where: { id: eventId } });
  await addEvents(arena.db, eventId);
  await requireCaughtUp(ctx);
  const { token } = await app.identity.issue({ userId: randomUUID(), role: 'BUYER' });
  return { eventIds, version, token };
}

import { audit, auditLimits } from '../../../src/booking/audit/audit.ts';
import { readEventsWithOverdueHolds } from '../../../src/booking/expiry/overdue-holds.sql.ts';
import { readBooking } from '../../../src/booking/inspect/booking-history.sql.ts';
import { pruneHistory } from '../../../src/booking/operations/prune-history.ts';
import { pruneGuests } from '../../../src/identity/prune-guests.ts';
import type { AppContext } from '../../../src/main/context.ts';
import { readRecentVersions } from '../../../src/workers/unpublished.sql.ts';
import { median } from '../measure.ts';

const CALLS = 200;
const DAY_MS = 86_400_000;

/** Median microseconds of a call, by the name in docs/schema.md. */
export type StatementTimes = Readonly<Record<string, number>>;

/** Measures the statements that read all partitions, with the bookings of the last measurement of holds. */
export async function measureStatements({ database }: AppContext): Promise<StatementTimes> {
  const { reads, worker } = database;
  const booking = await reads.booking.findFirstOrThrow({ select: { id: true, buyerId: true } });
  const own = { where: { buyerId: booking.buyerId }, orderBy: { id: 'desc' }, take: 21 } as const;
  const limits = { ...auditLimits, historyDays: 30 };
  return {
    readEventsWithOverdueHolds: await time(CALLS, () => readEventsWithOverdueHolds(worker)),
    readRecentVersions: await time(CALLS, () => readRecentVersions(worker, DAY_MS, 1_000)),
    'viewer.bookings': await time(CALLS, () => reads.booking.findMany(own)),
    inspectBooking: await time(CALLS, () => reads.$transaction((tx) => readBooking(tx, booking.id, null))),
    'pruneChanges, pruneRequests, pruneKeys': await time(CALLS, () => pruneHistory(worker, 30)),
    pruneGuests: await time(CALLS, () => pruneGuests(worker)),
    'audit: breaches': await time(3, () => audit({ db: reads, watermarks: null, swept: false, limits })),
  };
}

async function time(calls: number, work: () => Promise<unknown>): Promise<number> {
  const micros: number[] = [];
  for (let call = 0; call < calls; call++) {
    const startedAt = performance.now();
    await work();
    micros.push((performance.now() - startedAt) * 1_000);
  }
  return median(micros);
}

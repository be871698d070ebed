import { PrismaPg } from '@prisma/adapter-pg';
import { createHash } from 'node:crypto';
import { PrismaClient } from '../../../src/generated/prisma/client.ts';
import { sql } from '../../../src/platform/database/db.ts';
import { uuidV7 } from '../../../src/platform/ids.ts';

/** Maximum number of concurrent transactions, a usual size for a machine with two cores. */
export const PLAIN_POOL_SIZE = 16;

/** Connects with the planner settings of Sellout's sessions and with prepared statements. */
export function connectPlainPrisma(connectionString: string): PrismaClient {
  const options = ['jit', 'enable_seqscan', 'enable_hashjoin', 'enable_mergejoin'].map(
    (name) => `-c ${name}=off`,
  );
  const names = new Map<string, string>();
  const adapter = new PrismaPg(
    { connectionString, max: PLAIN_POOL_SIZE, options: options.join(' ') },
    {
      statementNameGenerator: ({ sql: text }) => {
        const name = names.get(text) ?? createHash('sha1').update(text).digest('base64url');
        names.set(text, name);
        return name;
      },
    },
  );
  return new PrismaClient({ adapter });
}

/**
 * Holds seats as a careful Prisma user would, in one interactive transaction: the baseline. It locks the seats, checks the
 * event, the price and the buyer's limit, creates the booking with its claims, and updates the counters. Tables, constraints,
 * indexes and session settings are the same as Sellout's. It does less than Sellout: it writes no change record and has no
 * idempotency keys, and two concurrent requests of one buyer can exceed the limit.
 */
export function holdWithPlainPrisma(
  db: PrismaClient,
  input: { readonly eventId: number; readonly buyerId: string; readonly seats: readonly number[] },
): Promise<'held' | 'refused'> {
  const { eventId, buyerId } = input;
  const seats = [...input.seats].sort((a, b) => a - b);
  return db.$transaction(
    async (tx) => {
      const locked = await tx.$queryRaw<{ tier_index: number; status: string }[]>(sql`
        SELECT tier_index, status FROM event_seats
        WHERE event_id = ${eventId} AND seat_index = ANY(${seats}::int[]) ORDER BY seat_index FOR UPDATE`);
      if (locked.length < seats.length || locked.some(({ status }) => status !== 'AVAILABLE'))
        return 'refused';

      const event = await tx.event.findUniqueOrThrow({
        where: { id: eventId },
        include: { priceTiers: true },
      });
      const now = new Date();
      if (event.status !== 'ON_SALE' || event.onSaleAt > now || event.saleEndsAt <= now) return 'refused';
      const { _sum } = await tx.booking.aggregate({
        where: { eventId, buyerId, status: { in: ['HOLD', 'CONFIRMED'] } },
        _sum: { seatCount: true },
      });
      if ((_sum.seatCount ?? 0) + seats.length > event.seatLimit) return 'refused';

      const amounts = new Map(event.priceTiers.map(({ index, amount }) => [index, amount]));
      const id = uuidV7();
      const createdAt = new Date();
      await tx.booking.create({
        data: {
          eventId,
          id,
          buyerId,
          status: 'HOLD',
          seatCount: seats.length,
          totalAmount: locked.reduce((sum, seat) => sum + (amounts.get(seat.tier_index) ?? 0n), 0n),
          createdAt,
          holdExpiresAt: new Date(createdAt.getTime() + (event.holdTtlMs ?? 300_000)),
          seats: { createMany: { data: seats.map((seatIndex) => ({ seatIndex })) } },
        },
      });
      const { count } = await tx.eventSeat.updateMany({
        where: { eventId, index: { in: seats }, status: 'AVAILABLE' },
        data: { status: 'HELD', currentBookingId: id },
      });
      if (count !== seats.length) throw new Error('a locked seat changed');
      await tx.event.update({
        where: { id: eventId },
        data: { seatVersion: { increment: 1 }, seatsHeld: { increment: seats.length } },
        select: { seatVersion: true },
      });
      return 'held';
    },
    { maxWait: 120_000, timeout: 120_000 },
  );
}

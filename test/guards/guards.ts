/** A guard of the product, the edit that takes it out, and the tests that have to notice. */
export interface Guard {
  readonly name: string;
  readonly file: string;
  /** Text of the file, exactly once in it. */
  readonly find: string;
  readonly replace: string;
  /** Which test files to run: vitest's filters. */
  readonly tests: readonly string[];
}

export const guards: readonly Guard[] = [
  {
    name: 'row lock on the seats',
    file: 'src/booking/batch-reads.sql.ts',
    find: 'ORDER BY seat_index FOR UPDATE`',
    replace: 'ORDER BY seat_index`',
    tests: ['test/race/contention'],
  },
  {
    name: 'lock order of the seats',
    file: 'src/booking/batch-reads.sql.ts',
    find: 'ORDER BY seat_index FOR UPDATE`',
    replace: 'ORDER BY random() FOR UPDATE`',
    tests: ['test/race/contention'],
  },
  {
    name: "row lock on the buyer's limit",
    file: 'src/booking/run-batch.ts',
    find: 'if (named.buyerIds.length > 0) await lockBuyers',
    replace: 'if (named.buyerIds.length > 1e9) await lockBuyers',
    tests: ['test/race/contention'],
  },
  {
    name: 'constraint: one claim a seat',
    file: 'prisma/migrations/20261122200000_init/migration.sql',
    find: 'CREATE UNIQUE INDEX "booking_seats_one_claim"',
    replace: 'CREATE INDEX "booking_seats_one_claim"',
    tests: ['test/race/contention'],
  },
  {
    name: 'deadline check',
    file: 'src/booking/draft.ts',
    find: "booking.status === 'HOLD' && booking.holdExpiresAtMs <= this.clockMs",
    replace: "booking.status === 'HOLD' && booking.holdExpiresAtMs <= 0",
    tests: ['test/db/holding', 'test/unit/decide'],
  },
  {
    name: 'deadline to the millisecond',
    file: 'src/booking/draft.ts',
    find: 'booking.holdExpiresAtMs <= this.clockMs',
    replace: 'booking.holdExpiresAtMs < this.clockMs',
    tests: ['test/unit/decide'],
  },
  {
    name: 'clock read after the lock',
    file: 'src/booking/batch-reads.sql.ts',
    find: 'floor(extract(epoch FROM clock_timestamp()) * 1000)::float8 AS clock_ms',
    replace: 'floor(extract(epoch FROM now()) * 1000)::float8 AS clock_ms',
    tests: ['test/race/contention'],
  },
  {
    name: 'seat limit',
    file: 'src/booking/decide-hold.ts',
    find: 'has + command.quantity > limit',
    replace: 'has + command.quantity > 1e9',
    tests: ['test/db/holding', 'test/race/contention'],
  },
  {
    name: 'owner check',
    file: 'src/booking/own-booking.ts',
    find: 'booking?.buyerId === command.buyerId ? booking : undefined',
    replace: 'booking',
    tests: ['test/db/holding'],
  },
  {
    name: 'idempotency row',
    file: 'src/booking/decide-hold.ts',
    find: 'draft.useKey(command.buyerId, command.key, booking.id);',
    replace: '',
    tests: ['test/db/holding'],
  },
  {
    name: 'input of an idempotency key',
    file: 'src/booking/replay.ts',
    find: 'if (used.inputHash !== key.inputHash)',
    replace: 'if (used.inputHash === null)',
    tests: ['test/db/holding'],
  },
  {
    name: 'version raised by one',
    file: 'src/booking/batch-writes.sql.ts',
    find: 'seat_version = seat_version + 1',
    replace: 'seat_version = seat_version + 2',
    tests: ['test/db/holding', 'test/db/live-feed'],
  },
  {
    name: "event's status checked again",
    file: 'src/booking/batch-writes.sql.ts',
    find: 'AND status = ${event.status}::event_status',
    replace: '',
    tests: ['test/race/contention'],
  },
  {
    name: 'an overdue booking ends as a whole',
    file: 'src/booking/free-seats.ts',
    find: 'for (const index of booking.seats) draft.moveSeat',
    replace: 'for (const index of booking.seats.slice(0, 1)) draft.moveSeat',
    tests: ['test/db/holding'],
  },
  {
    name: 'a follower notices a missed version',
    file: 'src/seating/live-feed.ts',
    find: 'if (message.fromVersion !== this.#version) {',
    replace: 'if (message.fromVersion === -1) {',
    tests: ['test/db/live-feed'],
  },
  {
    name: 'listening before the record is read',
    file: 'src/seating/seat-updates.ts',
    find: 'for (const message of queue) mailbox.push(message);',
    replace: '',
    tests: ['test/db/live-feed'],
  },
];

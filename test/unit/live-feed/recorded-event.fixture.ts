import type { PrismaClient } from '../../../src/platform/database/db.ts';
import type { SeatsChanged, SeatStatusCode } from '../../../src/messaging/messages.ts';
import type { Subscriber } from '../../../src/messaging/subscriber.ts';
import { makeBatchId } from '../../support/batch-ids.ts';
import { packDigits } from '../../../src/seating/map/seat-map.ts';
import type { PackedSeats } from '../../../src/web/seat-feed/packed-seats.ts';

type Seats = SeatsChanged['seats'];

/**
 * Events with their rows and record in memory, and a Redis that the test controls. It simulates the results of some
 * statements of PostgreSQL, so that a test can try thousands of interleavings with fake timers. The tests in test/db use
 * the real services.
 */
export class Recorded {
  readonly events = new Map<number, RecordedEvent>();
  readonly listeners = new Map<number, (message: SeatsChanged) => void>();
  /** Names of the executed statements, in order. */
  readonly asked: string[] = [];
  /** If set, results of matching statements wait for `answer`. They show the state from when the statement was executed. */
  holdsUp: ((statement: string, eventId: number) => boolean) | null = null;
  /** If true, every statement fails. */
  fails = false;
  #heldUp: (() => void)[] = [];

  add(eventId: number, seatCount = 8): RecordedEvent {
    const event = new RecordedEvent(eventId, seatCount);
    this.events.set(eventId, event);
    return event;
  }

  get waiting(): number {
    return this.#heldUp.length;
  }

  /** Returns all results that wait. */
  answer(): void {
    for (const go of this.#heldUp.splice(0)) go();
  }

  /** Delivers a message as Redis does: without a subscriber, it is lost. */
  deliver(message: SeatsChanged): void {
    this.listeners.get(message.eventId)?.(message);
  }

  readonly subscriber: Subscriber = {
    subscribeSeatsChanged: (eventId, listener) => {
      this.listeners.set(eventId, listener);
      return { ready: Promise.resolve(), close: () => undefined };
    },
    subscribeRequestsSettled: () => ({ ready: Promise.resolve(), close: () => undefined }),
    subscribeAdmissionRevoked: () => ({ ready: Promise.resolve(), close: () => undefined }),
    close: () => undefined,
  };

  readonly db = {
    $queryRaw: async ({
      sql: text,
      values,
    }: {
      readonly sql: string;
      readonly values: readonly unknown[];
    }) => {
      const [, statement = ''] = /^\/\* (\w+) \*\//.exec(text) ?? [];
      this.asked.push(statement);
      if (this.fails) throw new Error('the database fails');
      const [first] = [values[0]].flat() as number[];
      const rows = this.#rows(statement, values);
      if (this.holdsUp?.(statement, first ?? 0) === true)
        await new Promise<void>((resolve) => this.#heldUp.push(resolve));
      return rows;
    },
  } as unknown as PrismaClient;

  #rows(statement: string, values: readonly unknown[]): readonly object[] {
    const named = ([values[0]].flat() as number[]).flatMap((id) => this.events.get(id) ?? []);
    if (statement === 'readPublicVersion')
      return named.map(({ version, batchId }) => ({ version, batch_id: batchId, is_on_sale: true }));
    if (statement === 'readVersions')
      return named.map(({ eventId, version, batchId }) => ({
        id: eventId,
        seat_version: version,
        batch_id: batchId,
      }));
    if (statement === 'readSeatMaps')
      return named.map(({ eventId, version, batchId, digits }) => ({
        id: eventId,
        version,
        batch_id: batchId,
        digits,
      }));
    if (statement === 'isRecorded')
      return named.flatMap(({ record }) =>
        record.filter(({ version, batchId }) => version === values[1] && batchId === values[2]),
      );
    if (statement === 'readMergedChanges') return named.map((event) => together(event, values as number[]));
    if (statement !== 'readChanges') throw new Error(`no answer to ${statement}`);
    const [, after = 0, limit, stepsMax = Infinity] = values as number[];
    return named.flatMap(({ record }) => {
      const changes = record.filter(({ version }) => version > after).slice(0, limit);
      if (changes.reduce((steps, { seats }) => steps + seats.length, 0) > stepsMax) return [];
      return changes.map((change) => ({
        version: change.version,
        batch_id: change.batchId,
        previous_batch_id: change.previousBatchId,
        seats: change.seats,
        booking_ids: change.bookingIds,
      }));
    });
  }
}

function together({ record }: RecordedEvent, [, after = 0, until = 0]: readonly number[]): object {
  const changes = record.filter(({ version }) => version > after && version <= until);
  const seats = new Map(changes.flatMap((change) => change.seats));
  return { versions: changes.length, seats: JSON.stringify([...seats]) };
}

export class RecordedEvent {
  readonly eventId: number;
  readonly seatCount: number;
  readonly record: SeatsChanged[] = [];
  /** The map of each version. */
  readonly history = new Map<number, string>();
  #states: PackedSeats;
  version = 0;
  /** Incremented when the event goes back: later commits belong to another history. */
  #history = 0;
  batchId = makeBatchId(0);

  constructor(eventId: number, seatCount: number) {
    this.eventId = eventId;
    this.seatCount = seatCount;
    this.#states = packDigits('0'.repeat(seatCount));
    this.history.set(0, this.states);
  }

  /** Commits a batch. Returns its message, which is not published. */
  commit(seats: Seats, bookingIds: readonly string[] = []): SeatsChanged {
    for (const [index, code] of seats) this.#states.set(index, code);
    const previousBatchId = this.batchId;
    const message = {
      eventId: this.eventId,
      fromVersion: this.version,
      version: ++this.version,
      previousBatchId,
      batchId: (this.batchId = makeBatchId(this.version, this.#history)),
      seats: [...new Map(seats)],
      bookingIds,
    };
    this.record.push(message);
    this.history.set(this.version, this.states);
    return message;
  }

  /** Jumps ahead, as after a failover, so that no version is used twice. */
  jump(): void {
    this.version += 1_000_000;
    this.batchId = makeBatchId(this.version, this.#history);
    this.history.set(this.version, this.states);
  }

  /** Goes back to a version, as a restore does that lacks later commits. */
  goBackTo(version: number): void {
    const kept = this.record.filter((change) => change.version <= version);
    this.record.splice(0, Infinity, ...kept);
    this.#states = packDigits('0'.repeat(this.seatCount));
    for (const [index, code] of kept.flatMap(({ seats }) => seats)) this.#states.set(index, code);
    this.version = version;
    this.batchId = kept.at(-1)?.batchId ?? makeBatchId(0);
    this.#history++;
    this.history.set(version, this.states);
  }

  get digits(): string {
    return Array.from({ length: this.seatCount }, (_, index): SeatStatusCode => this.#states.get(index)).join(
      '',
    );
  }

  get states(): string {
    return this.#states.encode();
  }
}

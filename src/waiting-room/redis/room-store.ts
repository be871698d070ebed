import { loadLua } from '../../platform/redis/lua.ts';
import type { Redis } from '../../platform/redis/redis.ts';
import type { HoldPathHealth } from '../rules/admission-control.ts';
import type { Room } from '../rules/room.ts';
import { bytesToUuid, uuidToBytes } from '../uuid-bytes.ts';

/**
 * Places are hashes of about a dozen fields each at 100,000 waiters, which Redis stores as compact lists: about 35 bytes
 * per waiter. A hash of its own for each room would take about 90.
 */
const BUCKETS = 8_192;
/** Time without a hold after which an admitted buyer's slot, and an unclaimed one, goes to the next. */
const SLOT_TTL_MS = 60_000;
/** Time for which a buyer that found no slot counts as waiting for one. Clients retry every few seconds. */
const LATE_MS = 10_000;
/** Reservations per call of a script, which blocks Redis. */
const RESERVATIONS_MAX = 4_000;
/** Places are kept for this long after the sale, for buyers that ask for their join index. */
const PLACES_TTL_MS = 24 * 3600 * 1000;
/** Buckets that are read at the same time. */
const BUCKETS_AT_ONCE = 128;
const HEALTH_TTL_SECONDS = 10;
/** A process that has not reported for this long is gone. */
const REPORT_TTL_MS = 5_000;

export interface RoomCounts {
  /** Null: nobody has joined, or Redis has lost its data, or may have lost the last of it. */
  readonly lastJoinIndex: number | null;
  readonly inside: number;
  readonly late: number;
  /** Numbers above nowServing that were given back. */
  readonly left: number;
}

/** Result of asking for a place. */
export type TakenPlace =
  | { readonly kind: 'place'; readonly joinIndex: number }
  | { readonly kind: 'closed' }
  | ({ readonly kind: 'reserve' } & Shortage);

/** More join indexes must be reserved. */
export interface Shortage {
  /** The last one that Redis knows as reserved; null if it cannot know which ones were issued. */
  readonly above: number | null;
  /** The replication ID of Redis, which changes when data may have been lost. */
  readonly history: string;
}

export interface ReservedIndexes {
  /** Where a counter starts that is empty, or may be behind; null if it was neither when they were reserved. */
  readonly from: number | null;
  readonly to: number;
  /** The history for which they were reserved. In another one, more indexes may have been issued than `from`. */
  readonly history: string;
}

export interface PlaceRequest {
  readonly buyerId: string;
  /** The join index of a valid place token. */
  readonly recovered: number | null;
  readonly admitsNew: boolean;
  readonly saleEndsAtMs: number;
  /** Join indexes that PostgreSQL has just reserved. */
  readonly reserved: ReservedIndexes | null;
}

interface StandingHold {
  readonly buyerId: string;
  readonly holdExpiresAtMs: number;
}

/** The part of waiting rooms that Redis has. All keys of an event have one hash tag. Commands fail while Redis is away. */
export class RoomStore {
  readonly #redis: Redis;
  readonly #scripts: Record<
    'takePlace' | 'claimSlot' | 'readRoom' | 'reserveSlots' | 'leaveRoom' | 'closeLobby',
    ReturnType<typeof loadLua>
  >;

  constructor(redis: Redis) {
    const load = (file: string) => loadLua(redis, new URL(file, import.meta.url));
    this.#redis = redis;
    this.#scripts = {
      takePlace: load('takePlace-2.lua'),
      claimSlot: load('claimSlot-2.lua'),
      readRoom: load('readRoom-4.lua'),
      reserveSlots: load('reserveSlots-2.lua'),
      leaveRoom: load('leaveRoom-4.lua'),
      closeLobby: load('closeLobby-1.lua'),
    };
  }

  async takePlace(eventId: number, request: PlaceRequest): Promise<TakenPlace> {
    const { buyerId, recovered, admitsNew, reserved } = request;
    const expiresAt = toPlaceExpiry(request.saleEndsAtMs);
    const { from, to, history } = reserved ?? { from: null, to: -1, history: '' };
    const args = [
      uuidToBytes(buyerId),
      recovered ?? 0,
      from ?? -1,
      to,
      admitsNew ? 1 : 0,
      expiresAt,
      history,
    ];
    const keys = [joinsKey(eventId), placesKey(eventId, buyerId)];
    const taken = (await this.#scripts.takePlace(keys, args)) as [number, number, string];
    const [joinIndex, limit, current] = taken;
    if (joinIndex > 0) return { kind: 'place', joinIndex };
    if (joinIndex < 0) return { kind: 'closed' };
    return { kind: 'reserve', above: limit < 0 ? null : limit, history: current };
  }

  /** Returns the buyer's join index; null if Redis has none. */
  async findPlace(eventId: number, buyerId: string): Promise<number | null> {
    const index = await this.#redis.hget(placesKey(eventId, buyerId), uuidToBytes(buyerId));
    return index === null ? null : Number(index);
  }

  /** Lets a buyer in whose number is up. Returns false if no slot is free. */
  async claimSlot(
    eventId: number,
    claim: {
      readonly buyerId: string;
      readonly number: number;
      readonly nowMs: number;
      readonly insideMax: number;
    },
  ): Promise<boolean> {
    const now = Math.floor(claim.nowMs);
    const args = [uuidToBytes(claim.buyerId), `#${claim.number}`, now, now + SLOT_TTL_MS, claim.insideMax];
    return (await this.#scripts.claimSlot([insideKey(eventId), lateKey(eventId)], args)) === 1;
  }

  /** Keeps the slots of buyers who have held seats until their holds expire. Does nothing for a buyer who is not inside. */
  async keepSlots(eventId: number, holds: readonly StandingHold[]): Promise<void> {
    const slots = holds.flatMap(({ buyerId, holdExpiresAtMs }) => [
      Math.ceil(holdExpiresAtMs),
      uuidToBytes(buyerId),
    ]);
    if (slots.length > 0) await this.#redis.zadd(insideKey(eventId), 'XX', 'GT', ...slots);
  }

  /** Frees the slot of a buyer who has bought, or whose admission was revoked. */
  async freeSlot(eventId: number, buyerId: string): Promise<void> {
    await this.#redis.zrem(insideKey(eventId), uuidToBytes(buyerId));
  }

  async leave(eventId: number, buyerId: string, number: number | null): Promise<void> {
    const keys = [placesKey(eventId, buyerId), insideKey(eventId), lateKey(eventId), leftKey(eventId)];
    await this.#scripts.leaveRoom(keys, [uuidToBytes(buyerId), number ?? 0]);
  }

  async count(eventId: number, nowServing: number, nowMs: number): Promise<RoomCounts> {
    const keys = [joinsKey(eventId), insideKey(eventId), lateKey(eventId), leftKey(eventId)];
    const now = Math.floor(nowMs);
    const [last, inside, late, left] = (await this.#scripts.readRoom(keys, [
      now,
      now - LATE_MS,
      nowServing,
    ])) as number[];
    return {
      lastJoinIndex: last === undefined || last < 0 ? null : last,
      inside: inside ?? 0,
      late: late ?? 0,
      left: left ?? 0,
    };
  }

  /** Reserves slots for the numbers from `from` to `to`. */
  async reserveSlots(eventId: number, from: number, to: number, nowMs: number): Promise<void> {
    const until = Math.floor(nowMs) + SLOT_TTL_MS;
    for (let first = from; first <= to; first += RESERVATIONS_MAX) {
      const last = Math.min(to, first + RESERVATIONS_MAX - 1);
      await this.#scripts.reserveSlots([insideKey(eventId), leftKey(eventId)], [first, last, until]);
    }
  }

  /**
   * Closes the lobby. Returns its size; 0 if nobody has joined.
   *
   * @param room.joinIndexesReserved the last join index that PostgreSQL has reserved.
   */
  async closeLobby(room: Pick<Room, 'eventId' | 'joinIndexesReserved' | 'saleEndsAtMs'>): Promise<number> {
    const args = [room.joinIndexesReserved, toPlaceExpiry(room.saleEndsAtMs)];
    return (await this.#scripts.closeLobby([joinsKey(room.eventId)], args)) as number;
  }

  /** Returns the buyers with a join index up to `lobbySize`, in the order of their join indexes. */
  async readLobby(eventId: number, lobbySize: number): Promise<{ joinIndex: number; buyerId: string }[]> {
    const found: { joinIndex: number; buyerId: string }[] = [];
    for (let start = 0; start < BUCKETS; start += BUCKETS_AT_ONCE) {
      const buckets = Array.from({ length: BUCKETS_AT_ONCE }, (_, i) =>
        this.#readBucket(bucketKey(eventId, start + i)),
      );
      for (const place of (await Promise.all(buckets)).flat())
        if (place.joinIndex <= lobbySize) found.push(place);
    }
    return found.sort((a, b) => a.joinIndex - b.joinIndex);
  }

  async #readBucket(key: string): Promise<{ joinIndex: number; buyerId: string }[]> {
    const places = new Map<string, number>();
    let cursor = '0';
    do {
      const [next, fields] = await this.#redis.hscanBuffer(key, cursor, 'COUNT', 1_000);
      for (let i = 0; i + 1 < fields.length; i += 2)
        places.set(bytesToUuid(fields[i] as Buffer), Number((fields[i + 1] as Buffer).toString()));
      cursor = next.toString();
    } while (cursor !== '0');
    return [...places].map(([buyerId, joinIndex]) => ({ buyerId, joinIndex }));
  }

  /** Reports what one process sees of the hold path of an event. */
  async reportHealth(
    eventId: number,
    processId: string,
    health: HoldPathHealth,
    nowMs: number,
  ): Promise<void> {
    const key = healthKey(eventId);
    await this.#redis.hset(key, processId, JSON.stringify({ ...health, nowMs }));
    await this.#redis.expire(key, HEALTH_TTL_SECONDS);
  }

  /** Returns the hold path's health over all processes: queues add up, the slowest counts. */
  async readHealth(eventId: number, nowMs: number): Promise<HoldPathHealth> {
    const reports = Object.values(await this.#redis.hgetall(healthKey(eventId)));
    const current = reports
      .map((text) => JSON.parse(text) as HoldPathHealth & { nowMs: number })
      .filter((report) => nowMs - report.nowMs < REPORT_TTL_MS); // guard: stale-health-ignored
    return {
      queue: current.reduce((sum, { queue }) => sum + queue, 0),
      p95Ms: Math.max(0, ...current.map(({ p95Ms }) => p95Ms)),
      busyPerSecond: current.reduce((sum, { busyPerSecond }) => sum + busyPerSecond, 0),
    };
  }
}

/** Returns when places expire, in Unix seconds. */
function toPlaceExpiry(saleEndsAtMs: number): number {
  return Math.ceil((saleEndsAtMs + PLACES_TTL_MS) / 1000);
}

function joinsKey(eventId: number): string {
  return `room:{${eventId}}:joins`;
}

/** A buyer's ID is random, so its last bits spread buyers evenly. */
function placesKey(eventId: number, buyerId: string): string {
  return bucketKey(eventId, Number.parseInt(buyerId.slice(-4), 16) % BUCKETS);
}

function bucketKey(eventId: number, bucket: number): string {
  return `room:{${eventId}}:places:${bucket}`;
}

function insideKey(eventId: number): string {
  return `room:{${eventId}}:inside`;
}

function lateKey(eventId: number): string {
  return `room:{${eventId}}:late`;
}

function leftKey(eventId: number): string {
  return `room:{${eventId}}:left`;
}

function healthKey(eventId: number): string {
  return `room:{${eventId}}:health`;
}

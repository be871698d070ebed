import { loadLua, type LuaScript } from '../platform/redis/lua.ts';
import type { Redis } from '../platform/redis/redis.ts';
import { BatchedScript } from './batched-script.ts';

/** Time that a hold waits for Redis before its seats are limited in the process. */
const TIMEOUT_MS = 100;
/** Maximum number of holds in one script: it blocks Redis for about 10 µs per hold. */
const HOLDS_PER_SCRIPT_MAX = 64;

/** Seats that are reserved in Redis. */
export interface ReservedSeats {
  /** The sets that count the seats of the address and of the network. */
  readonly sets: readonly [string, string];
  readonly id: string;
  readonly count: number;
}

interface Wanted extends ReservedSeats {
  /** Keys that speak against the hold if they exist. */
  readonly against: readonly string[];
}

interface Settled {
  readonly reserved: ReservedSeats;
  readonly bookingKey: string;
  readonly holdExpiresAtMs: number;
  readonly ttlMs: number;
}

/** What became of a reservation. */
interface Reserved {
  /** -1 if a key speaks against it; 1 or 2 if the set of the address or of the network is full; otherwise 0. */
  readonly refused: number;
  /** When the next seat of the full set counts no more. */
  readonly freeAtMs: number;
  /** Number of seats in each set. */
  readonly held: readonly [number, number];
}

interface SharedSeatsOptions {
  readonly seatsMax: { readonly address: number; readonly network: number };
  readonly holdTtlMs: number;
  readonly clock: { nowMs(): number };
}

/** The sets of seats in Redis, which all processes share. */
export class SharedSeats {
  readonly #options: SharedSeatsOptions;
  readonly #reserveSeats: LuaScript;
  readonly #settleSeats: LuaScript;
  readonly #giveBackSeats: LuaScript;
  readonly #reservations: BatchedScript<Wanted, Reserved>;
  readonly #settlements: BatchedScript<Settled, void>;
  readonly #returns: BatchedScript<ReservedSeats, void>;

  constructor(redis: Redis, options: SharedSeatsOptions) {
    this.#options = options;
    this.#reserveSeats = loadLua(redis, new URL('reserveSeats-n.lua', import.meta.url));
    this.#settleSeats = loadLua(redis, new URL('settleSeats-n.lua', import.meta.url));
    this.#giveBackSeats = loadLua(redis, new URL('giveBackSeats-n.lua', import.meta.url));
    const callsMax = HOLDS_PER_SCRIPT_MAX;
    this.#reservations = new BatchedScript(redis, {
      run: (wanted) => this.#reserve(wanted),
      callsMax,
      timeoutMs: TIMEOUT_MS,
    });
    this.#settlements = new BatchedScript(redis, { run: (settled) => this.#settle(settled), callsMax });
    this.#returns = new BatchedScript(redis, { run: (reserved) => this.#giveBack(reserved), callsMax });
  }

  /** False if a reservation would fail at once, or if Redis has just failed to answer. */
  canReserve(eventId: number): boolean {
    return this.#reservations.canAsk(String(eventId));
  }

  /** @throws if Redis does not answer in time. The seats may be reserved. */
  reserve(eventId: number, wanted: Wanted): Promise<Reserved> {
    return this.#reservations.run(String(eventId), wanted);
  }

  /** Counts seats until the deadline of their hold, unless the booking's key exists: then gives them back. */
  settle(settled: Settled): Promise<void> {
    return this.#settlements.run(toTag(settled.reserved), settled);
  }

  giveBack(reserved: ReservedSeats): Promise<void> {
    return this.#returns.run(toTag(reserved), reserved);
  }

  async #reserve(wanted: readonly Wanted[]): Promise<Reserved[]> {
    const { clock, holdTtlMs, seatsMax } = this.#options;
    const nowMs = Math.round(clock.nowMs());
    const keys = [...wanted.flatMap(({ sets }) => sets), ...wanted.flatMap(({ against }) => against)];
    const limits = [nowMs, nowMs + holdTtlMs, seatsMax.address, seatsMax.network];
    const holds = wanted.flatMap(({ id, count, against }) => [id, count, against.length]);
    const output = (await this.#reserveSeats(keys, [...limits, ...holds])) as number[];
    return wanted.map((_, i) => {
      const [refused = 0, freeAtMs = 0, address = 0, network = 0] = output.slice(4 * i, 4 * i + 4);
      return { refused, freeAtMs, held: [address, network] };
    });
  }

  async #settle(settled: readonly Settled[]): Promise<void[]> {
    await this.#settleSeats(
      settled.flatMap(({ bookingKey, reserved: { sets } }) => [bookingKey, ...sets]),
      settled.flatMap(({ reserved, holdExpiresAtMs, ttlMs }) => [
        holdExpiresAtMs,
        ttlMs,
        reserved.id,
        reserved.count,
      ]),
    );
    return [];
  }

  async #giveBack(reserved: readonly ReservedSeats[]): Promise<void[]> {
    await this.#giveBackSeats(
      reserved.flatMap(({ sets }) => sets),
      reserved.flatMap(({ id, count }) => [id, count]),
    );
    return [];
  }
}

/** Returns the text that restores reserved seats in another process. */
export function formatSeats({ sets, id, count }: ReservedSeats): string {
  return `${sets[0]} ${sets[1]} ${id} ${count}`;
}

export function parseSeats(text: string): ReservedSeats {
  const [address = '', network = '', id = '', count = '0'] = text.split(' ');
  return { sets: [address, network], id, count: Number(count) };
}

function toTag({ sets: [key] }: ReservedSeats): string {
  return key.slice(key.indexOf('{') + 1, key.indexOf('}'));
}

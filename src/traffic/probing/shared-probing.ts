import { loadLua, type LuaScript } from '../../platform/redis/lua.ts';
import type { Redis } from '../../platform/redis/redis.ts';
import { withResponseTimeout } from '../../platform/with-timeout.ts';
import type { Measures, Subjects } from './local-probing.ts';
import {
  COUNTERS_MAX,
  findOverheldSeats,
  isStricter,
  judge,
  measures,
  rules,
  scopes,
  SEAT_COOL_DOWN_MS,
  STATE_TTL_MS,
  toIncrements,
  toReason,
  type Counter,
  type Judgement,
  type Scope,
  type Signal,
  type SubjectState,
} from './rules.ts';

/** Time that a hold waits for Redis before it is judged by what the process itself knows. */
const TIMEOUT_MS = 100;

/**
 * The rules with their state in Redis, which all processes share. A hold reads only the measures against its client, in one
 * script. Signals change counters in one script; the process then judges them, and stores the measures that they ask for.
 * All keys of an event have its hash tag, and every key expires.
 */
export class SharedProbing {
  readonly #redis: Redis;
  readonly #noteSignals: LuaScript;
  readonly #raiseMeasure: LuaScript;
  readonly #takeTurns: LuaScript;
  readonly #readScript: LuaScript;
  readonly #timeoutMs: number;

  constructor(redis: Redis, timeoutMs = TIMEOUT_MS) {
    this.#timeoutMs = timeoutMs;
    this.#redis = redis;
    this.#noteSignals = loadLua(redis, new URL('noteSignals-n.lua', import.meta.url));
    this.#raiseMeasure = loadLua(redis, new URL('raiseMeasure-1.lua', import.meta.url));
    this.#readScript = loadLua(redis, new URL('readMeasures-n.lua', import.meta.url));
    this.#takeTurns = loadLua(redis, new URL('takeTurns-n.lua', import.meta.url));
  }

  get isReachable(): boolean {
    return this.#redis.status === 'ready';
  }

  /**
   * Returns the strictest measure against the client; null if it may try to hold the seats.
   *
   * @throws if Redis does not answer in time.
   */
  async judge(
    eventId: number,
    subjects: Subjects,
    seats: readonly number[],
    nowMs: number,
  ): Promise<Measures | null> {
    const keys = scopes.map((scope) => toKey(eventId, scope, subjects[scope]));
    const [imposed, seatEnds] = await this.#readMeasures(keys, seats);
    let strictest: Measures | null = null;
    const slowed: Judgement[] = [];
    imposed.forEach((stored, i) => {
      const found = parseMeasure(scopes[i] ?? 'identity', stored, nowMs);
      if (found === null) return;
      if (found.measure === 'slowed') slowed.push(found);
      else if (strictest === null || isStricter(found.measure, strictest.measure))
        strictest = { ...found, retryAfterMs: found.lastsMs };
    });
    if (strictest !== null) return strictest;
    for (const [i, text] of seatEnds.entries()) {
      const lastsMs = Number(text ?? 0) - nowMs;
      const scope = scopes[Math.floor(i / seats.length)] ?? 'identity';
      // guard: shared-seat-cool-down
      if (lastsMs > 0) return { measure: 'cool-down', scope, reason: 'seat', lastsMs, retryAfterMs: lastsMs };
    }
    return slowed.length === 0 ? null : this.#takeTurn(eventId, subjects, slowed, nowMs);
  }

  /** Notes what a client did. Returns the measures that it newly meets. */
  async record(
    eventId: number,
    subjects: Partial<Subjects>,
    signal: Signal,
    nowMs: number,
  ): Promise<Judgement[]> {
    const changed = scopes.flatMap((scope) => {
      const increments = toIncrements(scope, signal);
      const subject = subjects[scope];
      if (subject === undefined || increments.length === 0) return [];
      return [{ scope, key: toKey(eventId, scope, subject), increments }];
    });
    if (changed.length === 0) return [];
    const args = changed.flatMap(({ increments }, i) =>
      increments.flatMap(({ counter, amount, halfLifeMs }) => [i + 1, counter, amount, halfLifeMs]),
    );
    const states = (await this.#noteSignals(
      changed.map(({ key }) => key),
      [nowMs, STATE_TTL_MS, COUNTERS_MAX, ...args],
    )) as string[][];
    const raised: Judgement[] = [];
    for (const [i, { scope, key }] of changed.entries()) {
      const state = parseState(states[i] ?? []);
      await this.#coolSeats(key, findOverheldSeats(state, scope, signal.seats, nowMs), nowMs);
      const found = judge(state, scope, nowMs);
      if (found !== null && (await this.#raise(key, found, nowMs))) raised.push(found);
    }
    // guard: shared-flagged-identities-count
    if (raised.some(({ scope, measure }) => scope === 'identity' && measure !== 'slowed')) {
      const flagged = { kind: 'flagged', seats: [], heldMs: 0 } as const;
      raised.push(...(await this.record(eventId, subjects, flagged, nowMs)));
    }
    return raised;
  }

  /** Remembers who made a hold, for the time in which it may end. */
  async storeHolder(
    eventId: number,
    bookingId: string,
    { identity, address, network }: Subjects,
    ttlMs: number,
  ): Promise<void> {
    const key = `event:{${eventId}}:probing:hold:${bookingId}`;
    await this.#redis.set(key, `${identity} ${address} ${network}`, 'PX', ttlMs);
  }

  /** Returns who made a hold that has ended, once; null if that is not known. */
  async takeHolder(eventId: number, bookingId: string): Promise<Subjects | null> {
    const stored = await this.#redis.getdel(`event:{${eventId}}:probing:hold:${bookingId}`);
    const [identity, address, network] = stored?.split(' ') ?? [];
    if (identity === undefined || address === undefined || network === undefined) return null;
    return { identity, address, network };
  }

  /** Reads the measures against the subjects, and until when each may not hold each of the seats. */
  async #readMeasures(keys: readonly string[], seats: readonly number[]) {
    const seatKeys = keys.flatMap((key) => seats.map((seat) => `${key}:seat:${seat}`));
    const read = this.#readScript([...keys.map((key) => `${key}:measure`), ...seatKeys], []);
    const measuresRead = withResponseTimeout(read, this.#timeoutMs, 'the measures in Redis');
    const found = (await measuresRead) as (string | null)[];
    return [found.slice(0, keys.length), found.slice(keys.length)] as const;
  }

  async #takeTurn(
    eventId: number,
    subjects: Subjects,
    slowed: readonly Judgement[],
    nowMs: number,
  ): Promise<Measures | null> {
    const keys = slowed.map(({ scope }) => `${toKey(eventId, scope, subjects[scope])}:turn`);
    const args = [nowMs, ...slowed.map(({ scope }) => rules[scope].slowedEveryMs)];
    const turns = withResponseTimeout(this.#takeTurns(keys, args), this.#timeoutMs, 'the turns in Redis');
    const [waiting, nextAtMs] = (await turns) as [number, number];
    const found = slowed[waiting - 1];
    return found === undefined ? null : { ...found, retryAfterMs: nextAtMs - nowMs };
  }

  async #raise(key: string, { measure, reason, lastsMs }: Judgement, nowMs: number): Promise<boolean> {
    const rank = measures.indexOf(measure) + 1;
    return (await this.#raiseMeasure([`${key}:measure`], [rank, nowMs, nowMs + lastsMs, reason])) === 1;
  }

  async #coolSeats(key: string, seats: readonly number[], nowMs: number): Promise<void> {
    if (seats.length === 0) return;
    const commands = this.#redis.pipeline();
    for (const seat of seats)
      commands.set(`${key}:seat:${seat}`, nowMs + SEAT_COOL_DOWN_MS, 'PX', SEAT_COOL_DOWN_MS);
    await commands.exec();
  }
}

function toKey(eventId: number, scope: Scope, subject: string): string {
  return `event:{${eventId}}:probing:${scope}:${subject}`;
}

function parseMeasure(scope: Scope, stored: string | null | undefined, nowMs: number): Judgement | null {
  const [rank, untilMs, reason] = stored?.split(' ') ?? [];
  const measure = measures[Number(rank) - 1];
  const lastsMs = Number(untilMs) - nowMs;
  if (measure === undefined || !(lastsMs > 0)) return null;
  return { measure, scope, reason: toReason(reason), lastsMs };
}

function parseState(fields: readonly string[]): SubjectState {
  const state = new Map<string, Counter>();
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [value, atMs] = (fields[i + 1] ?? '').split(' ');
    state.set(fields[i] ?? '', { value: Number(value), atMs: Number(atMs) });
  }
  return state;
}

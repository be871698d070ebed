import { loadLua, type LuaScript } from '../../platform/redis/lua.ts';
import type { Redis } from '../../platform/redis/redis.ts';
import { withResponseTimeout } from '../../platform/with-timeout.ts';
import { BatchedScript } from '../batched-script.ts';
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
  type Increment,
  type Judgement,
  type Scope,
  type Signal,
  type SubjectState,
} from './rules.ts';

/** Time that a hold waits for Redis before it is judged by what the process itself knows. */
const TIMEOUT_MS = 100;
/** Maximum number of signals in one script: it blocks Redis for up to 100 µs per signal, if a hold of ten seats has ended. */
const SIGNALS_PER_SCRIPT_MAX = 32;

/** Who made a hold. */
export interface Holder {
  readonly bookingId: string;
  /** Time for which to remember it: that in which the hold may end. */
  readonly ttlMs: number;
}

/** What a signal changes. */
interface NotedSignal {
  readonly nowMs: number;
  readonly changes: readonly { readonly key: string; readonly increments: readonly Increment[] }[];
  /** The key, value and time to live of the holder to remember. */
  readonly holder: readonly [key: string, value: string, ttlMs: number] | null;
}

/**
 * The rules with their state in Redis, which all processes share. The measures against a client are read only if one exists. Signals
 * change counters in a script that those of one turn share; the process then judges them, and stores the measures that they ask for.
 * All keys of an event have its hash tag, and every key expires.
 */
export class SharedProbing {
  readonly #redis: Redis;
  readonly #noteSignals: LuaScript;
  readonly #signals: BatchedScript<NotedSignal, readonly SubjectState[]>;
  readonly #raiseMeasure: LuaScript;
  readonly #takeTurns: LuaScript;
  readonly #readScript: LuaScript;
  readonly #timeoutMs: number;

  constructor(redis: Redis, timeoutMs = TIMEOUT_MS) {
    this.#timeoutMs = timeoutMs;
    this.#redis = redis;
    this.#noteSignals = loadLua(redis, new URL('noteSignals-n.lua', import.meta.url));
    this.#signals = new BatchedScript(redis, {
      run: (signals) => this.#note(signals),
      callsMax: SIGNALS_PER_SCRIPT_MAX,
    });
    this.#raiseMeasure = loadLua(redis, new URL('raiseMeasure-2.lua', import.meta.url));
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

  /** Returns the keys of which one exists while any measure against the client lasts, or the cool-down of any seat. */
  getSuspectKeys(eventId: number, subjects: Subjects): string[] {
    return scopes.map((scope) => toSuspectKey(toKey(eventId, scope, subjects[scope])));
  }

  /** Notes what a client did, and who it is if it holds seats. Returns the measures that it newly meets. */
  async record(
    eventId: number,
    subjects: Subjects,
    signal: Signal,
    nowMs: number,
    holder: Holder | null = null,
  ): Promise<Judgement[]> {
    const changes = scopes.flatMap((scope) => {
      const increments = toIncrements(scope, signal);
      if (increments.length === 0) return [];
      return [{ scope, key: toKey(eventId, scope, subjects[scope]), increments }];
    });
    const states = await this.#signals.run(String(eventId), {
      nowMs,
      changes,
      holder: holder === null ? null : toHolderEntry(eventId, subjects, holder),
    });
    const raised: Judgement[] = [];
    for (const [i, { scope, key }] of changes.entries()) {
      const state = states[i] ?? new Map();
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

  /** Returns who made a hold that has ended, once; null if that is not known. */
  async takeHolder(eventId: number, bookingId: string): Promise<Subjects | null> {
    const stored = await this.#redis.getdel(toHolderKey(eventId, bookingId));
    const [identity, address, network] = stored?.split(' ') ?? [];
    if (identity === undefined || address === undefined || network === undefined) return null;
    return { identity, address, network };
  }

  async #note(signals: readonly NotedSignal[]): Promise<(readonly SubjectState[])[]> {
    const holders = signals.flatMap(({ holder }) => (holder === null ? [] : [holder]));
    const positions = new Map<string, number>();
    const increments: (string | number)[] = [];
    for (const { changes } of signals)
      for (const { key, increments: added } of changes) {
        const position = positions.get(key) ?? positions.size + 1;
        positions.set(key, position);
        for (const { counter, amount, halfLifeMs } of added)
          increments.push(position, counter, amount, halfLifeMs);
      }
    const keys = [...positions.keys(), ...holders.map(([key]) => key)];
    const bounds = [signals.at(-1)?.nowMs ?? 0, STATE_TTL_MS, COUNTERS_MAX, holders.length];
    const remembered = holders.flatMap(([, value, ttlMs]) => [value, ttlMs]);
    const output = (await this.#noteSignals(keys, [...bounds, ...remembered, ...increments])) as string[][];
    const states = output.map((fields) => parseState(fields));
    return signals.map(({ changes }) =>
      changes.map(({ key }) => states[(positions.get(key) ?? 0) - 1] ?? new Map()),
    );
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
    const keys = [`${key}:measure`, toSuspectKey(key)];
    return (await this.#raiseMeasure(keys, [rank, nowMs, nowMs + lastsMs, reason])) === 1;
  }

  async #coolSeats(key: string, seats: readonly number[], nowMs: number): Promise<void> {
    if (seats.length === 0) return;
    const commands = this.#redis.pipeline();
    commands.set(toSuspectKey(key), 1, 'PX', SEAT_COOL_DOWN_MS, 'NX'); // guard: cooled-seat-is-suspect
    commands.pexpire(toSuspectKey(key), SEAT_COOL_DOWN_MS, 'GT');
    for (const seat of seats)
      commands.set(`${key}:seat:${seat}`, nowMs + SEAT_COOL_DOWN_MS, 'PX', SEAT_COOL_DOWN_MS);
    await commands.exec();
  }
}

function toKey(eventId: number, scope: Scope, subject: string): string {
  return `event:{${eventId}}:probing:${scope}:${subject}`;
}

function toSuspectKey(key: string): string {
  return `${key}:suspect`;
}

function toHolderKey(eventId: number, bookingId: string): string {
  return `event:{${eventId}}:probing:hold:${bookingId}`;
}

function toHolderEntry(
  eventId: number,
  { identity, address, network }: Subjects,
  { bookingId, ttlMs }: Holder,
): NotedSignal['holder'] {
  return [toHolderKey(eventId, bookingId), `${identity} ${address} ${network}`, ttlMs];
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

import { batchCalls } from '../../platform/call-batches.ts';
import { loadLua, type LuaScript } from '../../platform/redis/lua.ts';
import type { Redis } from '../../platform/redis/redis.ts';
import { BusyError } from '../../platform/errors.ts';
import type { Wish } from './hold-request.ts';

/** Maximum number of requests of one event that wait. Beyond it, requestHold fails at once with BusyError. */
const OPEN_MAX = 50_000;
/** Maximum number of requests that one script adds. Redis runs no other command meanwhile, for about a millisecond. */
const ENQUEUED_TOGETHER_MAX = 256;
/** Maximum number of entries in the stream of dead letters, about. */
const DEAD_LETTERS_MAX = 1_000;
/** The events that have, or recently had, open requests. Not in an event's slot. */
const ACTIVE_EVENTS = 'requests:events';
const GROUP = 'holds';

/** A request that waits in the queue. */
export interface OpenRequest {
  readonly buyerId: string;
  readonly inputHash: string;
  /** Number of requests that are decided before it. */
  readonly ahead: number;
}

export interface QueuedRequest extends OpenRequest {
  /** False if the request was in the queue already. */
  readonly isNew: boolean;
}

/** An entry of an event's stream. */
export interface Entry {
  readonly entryId: string;
  readonly requestId: string;
  /** The wish as JSON. */
  readonly wish: string;
}

/** The queues of hold requests in Redis, one stream for each event. */
export class RequestQueue {
  readonly #redis: Redis;
  readonly #openMax: number;
  readonly #enqueueScript: LuaScript;
  readonly #settleScript: LuaScript;
  readonly #enqueue = batchCalls(this.#enqueueAll.bind(this), ENQUEUED_TOGETHER_MAX);

  constructor(redis: Redis, openMax = OPEN_MAX) {
    this.#redis = redis;
    this.#openMax = openMax;
    this.#enqueueScript = loadLua(redis, new URL('enqueueRequests-3.lua', import.meta.url));
    this.#settleScript = loadLua(redis, new URL('settleRequests-3.lua', import.meta.url));
  }

  /**
   * Puts a wish into the queue of its event, once. All wishes of one turn of the event loop are put there together.
   *
   * @returns the open request, which is that of the first call with the same ID, and whether this call has added it.
   * @throws {BusyError} if the queue is full or Redis is unavailable. If its reply was lost, the outcome is unknown.
   */
  enqueue(eventId: number, wish: Wish): Promise<QueuedRequest> {
    return this.#enqueue(eventId, wish);
  }

  async #enqueueAll(eventId: number, wishes: readonly Wish[]): Promise<readonly (QueuedRequest | Error)[]> {
    if (!this.reachable) throw new BusyError();
    try {
      const args = wishes.flatMap((wish) => [
        wish.requestId,
        JSON.stringify(wish),
        `${wish.buyerId} ${wish.inputHash}`,
      ]);
      const reply = await this.#enqueueScript(keysOf(eventId), [this.#openMax, ...args]);
      const [settled, ...replies] = reply as [number, ...([number, string] | [])[]];
      // Only after the entries are there: a consumer that finds the queue empty removes its event.
      await this.#redis.sadd(ACTIVE_EVENTS, eventId);
      return replies.map(([added, value]) =>
        value === undefined ? new BusyError() : { ...parseOpen(value, settled), isNew: added === 1 },
      );
    } catch {
      // The connection logs why.
      throw BusyError.outcomeUnknown();
    }
  }

  /** Returns the open requests with these IDs, in their order; null for one that is not open. @throws {BusyError} */
  async readOpen(eventId: number, requestIds: readonly string[]): Promise<readonly (OpenRequest | null)[]> {
    if (requestIds.length === 0) return [];
    try {
      const values = await this.#redis.hmget(openKey(eventId), ...requestIds);
      if (values.every((value) => value === null)) return values.map(() => null);
      const settled = Number((await this.#redis.hget(countsKey(eventId), 'settled')) ?? 0);
      return values.map((value) => (value === null ? null : parseOpen(value, settled)));
    } catch {
      // The connection logs why.
      throw new BusyError();
    }
  }

  /** False until Redis is connected, and while it is unavailable. */
  get reachable(): boolean {
    return this.#redis.status === 'ready';
  }

  /** Returns the events that may have requests in their queue. */
  async activeEvents(): Promise<readonly number[]> {
    return (await this.#redis.smembers(ACTIVE_EVENTS)).map(Number);
  }

  /** Removes an event from the active ones if its queue is empty. */
  async forgetIfEmpty(eventId: number): Promise<void> {
    await this.#redis.srem(ACTIVE_EVENTS, eventId);
    // A request that arrived in between has added the event before it was removed.
    // guard: event-active-while-queued
    if ((await this.#redis.xlen(streamKey(eventId))) > 0) await this.#redis.sadd(ACTIVE_EVENTS, eventId);
  }

  /** Takes up to `count` new entries for a consumer, oldest first. */
  async take(eventId: number, consumer: string, count: number): Promise<readonly Entry[]> {
    const key = streamKey(eventId);
    const read = () =>
      this.#redis.xreadgroup('GROUP', GROUP, consumer, 'COUNT', count, 'STREAMS', key, '>') as Promise<
        [string, RawEntry[]][] | null
      >;
    const streams = await read().catch(async (error: unknown) => {
      if (!(error instanceof Error) || !error.message.startsWith('NOGROUP')) throw error;
      await this.#createGroup(key);
      return read();
    });
    return (streams?.[0]?.[1] ?? []).flatMap(parseEntry);
  }

  /**
   * Takes over entries that a consumer took longer than `idleMs` ago and did not settle.
   *
   * @returns them, with the number of times that each was taken.
   */
  async takeOver(
    eventId: number,
    consumer: string,
    idleMs: number,
    count: number,
  ): Promise<readonly (Entry & { readonly taken: number })[]> {
    const key = streamKey(eventId);
    const reply = (await this.#redis
      .xautoclaim(key, GROUP, consumer, idleMs, '0-0', 'COUNT', count)
      .catch(async (error: unknown) => {
        if (!(error instanceof Error) || !error.message.startsWith('NOGROUP')) throw error;
        await this.#createGroup(key);
        return null;
      })) as [string, RawEntry[]] | null;
    const entries = (reply?.[1] ?? []).flatMap(parseEntry);
    const [first, last] = [entries[0], entries.at(-1)];
    if (first === undefined || last === undefined) return [];
    const pending = (await this.#redis.xpending(
      key,
      GROUP,
      first.entryId,
      last.entryId,
      count,
      consumer,
    )) as [string, string, number, number][];
    const taken = new Map(pending.map(([entryId, , , times]) => [entryId, times]));
    return entries.map((entry) => ({ ...entry, taken: taken.get(entry.entryId) ?? 1 }));
  }

  /** Removes entries whose outcome is committed. */
  async settle(eventId: number, entries: readonly Entry[]): Promise<void> {
    if (entries.length === 0) return;
    const pairs = entries.flatMap(({ entryId, requestId }) => [entryId, requestId]);
    await this.#settleScript(keysOf(eventId), [GROUP, ...pairs]);
  }

  /** Moves an entry that cannot be processed to the event's stream of dead letters. */
  async bury(eventId: number, entry: Entry, reason: string): Promise<void> {
    const { entryId, requestId, wish } = entry;
    await this.#redis.xadd(
      `event:{${eventId}}:requests:dead`,
      'MAXLEN',
      '~',
      DEAD_LETTERS_MAX,
      '*',
      'entry',
      entryId,
      'id',
      requestId,
      'wish',
      wish,
      'reason',
      reason,
    );
    await this.settle(eventId, [entry]);
  }

  /** Number of requests that wait, of all given events. */
  async countOpen(eventIds: readonly number[]): Promise<number> {
    const lengths = await Promise.all(eventIds.map((eventId) => this.#redis.hlen(openKey(eventId))));
    return lengths.reduce((sum, length) => sum + length, 0);
  }

  /** Removes a consumer that has settled everything that it took. */
  async leave(eventId: number, consumer: string): Promise<void> {
    const key = streamKey(eventId);
    const pending = await this.#redis.xpending(key, GROUP, '-', '+', 1, consumer);
    // Deleting a consumer deletes its unsettled entries from the group, which nobody would take over then.
    // guard: unsettled-entries-kept
    if (pending.length === 0) await this.#redis.xgroup('DELCONSUMER', key, GROUP, consumer);
  }

  async #createGroup(key: string): Promise<void> {
    await this.#redis.xgroup('CREATE', key, GROUP, '0', 'MKSTREAM').catch((error: unknown) => {
      // Another worker was faster.
      if (!(error instanceof Error) || !error.message.startsWith('BUSYGROUP')) throw error;
    });
  }
}

/** @param settled the number of requests of the event that were settled so far. */
function parseOpen(value: string, settled: number): OpenRequest {
  const [place = '', buyerId = '', inputHash = ''] = value.split(' ');
  return { buyerId, inputHash, ahead: Math.max(0, Number(place) - settled - 1) };
}

type RawEntry = readonly [string, readonly string[] | null] | null;

function parseEntry(entry: RawEntry): readonly Entry[] {
  if (entry === null) return [];
  const [entryId, fields] = entry;
  const get = (name: string) => {
    const at = (fields ?? []).findIndex((field, i) => i % 2 === 0 && field === name);
    return at < 0 ? '' : (fields?.[at + 1] ?? '');
  };
  return [{ entryId, requestId: get('id'), wish: get('wish') }];
}

function streamKey(eventId: number): string {
  return `event:{${eventId}}:requests`;
}

function openKey(eventId: number): string {
  return `event:{${eventId}}:requests:open`;
}

function countsKey(eventId: number): string {
  return `event:{${eventId}}:requests:counts`;
}

function keysOf(eventId: number): readonly string[] {
  return [streamKey(eventId), openKey(eventId), countsKey(eventId)];
}

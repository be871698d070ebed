import { hash, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from '../../platform/observability/logger.ts';
import type { Redis } from '../../platform/redis/redis.ts';
import type { SeatVersion } from '../../messaging/messages.ts';
import type { LiveFeeds } from './live-feeds.ts';

/** The map that a node shows of one event. */
export interface LiveMap extends SeatVersion {
  readonly eventId: number;
  /** Digest of the SeatStates, from `digestStates`. */
  readonly digest: string;
}

/** The maps that one node shows. */
interface LiveMapReport {
  /** Host name, process ID and a random part. */
  readonly node: string;
  /** Sequence number of the node's reports. */
  readonly number: number;
  readonly maps: readonly LiveMap[];
}

export interface LiveMapReports {
  /** Returns the latest report of every node, none older than REPORT_TTL_MS. Rejects if Redis is unavailable. */
  read(): Promise<readonly LiveMapReport[]>;
}

const REPORT_EVERY_MS = 5_000;
/** Lifetime of a report. A node without a report has ended or is stuck, and is left out. */
export const REPORT_TTL_MS = 15_000;
/** Maximum number of digests without a pause. The digest of the largest hall takes about 30 µs. */
const DIGESTS_PER_TURN_MAX = 50;

/** Key of the set of nodes; some may have ended. The braces keep all keys in one Redis Cluster slot. */
const NODES_KEY = '{nodes}:maps';
const reportKey = (node: string) => `${NODES_KEY}:${node}`;

export function digestStates(states: string): string {
  return hash('sha1', states, 'base64url');
}

/** Reports the maps of this process to the audit, in Redis keys that expire. */
export class LiveMapReporter {
  readonly #redis: Redis;
  readonly #feeds: LiveFeeds;
  readonly #logger: Logger;
  readonly #node = `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`;
  readonly #everyMs: number;
  #number = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(redis: Redis, feeds: LiveFeeds, logger: Logger, everyMs = REPORT_EVERY_MS) {
    this.#redis = redis;
    this.#feeds = feeds;
    this.#logger = logger;
    this.#everyMs = everyMs;
  }

  start(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#report().finally(() => this.start()), this.#everyMs).unref();
  }

  /** The last report stays in Redis until it expires. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #report(): Promise<void> {
    try {
      const maps = await this.#maps();
      if (this.#stopped || this.#redis.status !== 'ready') return;
      const report = { node: this.#node, number: ++this.#number, maps } satisfies LiveMapReport;
      await this.#redis
        .multi()
        .sadd(NODES_KEY, this.#node)
        .set(reportKey(this.#node), JSON.stringify(report), 'PX', REPORT_TTL_MS)
        .exec();
    } catch (error) {
      this.#logger.debug({ err: error }, 'failed to report live maps');
    }
  }

  async #maps(): Promise<readonly LiveMap[]> {
    const maps: LiveMap[] = [];
    for (const [i, feed] of this.#feeds.all().entries()) {
      if (i % DIGESTS_PER_TURN_MAX === DIGESTS_PER_TURN_MAX - 1) await nextTurn();
      const map = feed.peek();
      if (map === null) continue;
      const { version, batchId, states } = map;
      maps.push({ eventId: feed.eventId, version, batchId, digest: digestStates(states) });
    }
    return maps;
  }
}

export function createLiveMapReports(redis: Redis): LiveMapReports {
  return {
    async read() {
      const nodes = await redis.smembers(NODES_KEY);
      if (nodes.length === 0) return [];
      const values = await Promise.all(nodes.map((node) => redis.get(reportKey(node))));
      const ended = nodes.filter((_, i) => values[i] == null);
      // A node that was only slow adds itself to the set again.
      if (ended.length > 0) await redis.srem(NODES_KEY, ...ended);
      return values.flatMap((value) => (value === null ? [] : parseReport(value)));
    },
  };
}

/** Ignores what is no report: other releases may write other formats. */
function parseReport(text: string): LiveMapReport | [] {
  let value: Partial<Record<keyof LiveMapReport, unknown>> | null;
  try {
    value = JSON.parse(text) as typeof value;
  } catch {
    return [];
  }
  if (typeof value?.node !== 'string' || !Number.isSafeInteger(value.number)) return [];
  if (!Array.isArray(value.maps) || !value.maps.every(isLiveMap)) return [];
  return { node: value.node, number: value.number as number, maps: value.maps };
}

function isLiveMap(value: unknown): value is LiveMap {
  const { eventId, version, batchId, digest } = (value ?? {}) as Partial<Record<keyof LiveMap, unknown>>;
  const numbers = [eventId, version].every((n) => Number.isSafeInteger(n) && (n as number) >= 0);
  return numbers && typeof batchId === 'string' && typeof digest === 'string';
}

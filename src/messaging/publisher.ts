import type { Logger } from '../platform/observability/logger.ts';
import { metrics } from '../platform/observability/metrics.ts';
import { connectRedis, type Redis, type RedisAddress } from '../platform/redis/redis.ts';
import { withSpan, type SpanStart } from '../platform/observability/tracing.ts';
import { currentRequest, formatTraceparent } from '../platform/request-scope.ts';
import { withTimeout } from '../platform/with-timeout.ts';
import { loadLua } from '../platform/redis/lua.ts';
import {
  eventTopic,
  requestsTopic,
  REVOCATIONS_TOPIC,
  type AdmissionRevoked,
  type RequestsSettled,
  type SeatsChanged,
} from './messages.ts';

/**
 * Sends messages to other processes through Redis. Delivery is not guaranteed: Redis silently drops messages for
 * connections that are down (measured: a quarter of them over five cut connections). Subscribers detect a missed
 * message by its version and repair the gap from PostgreSQL.
 */
export interface Publisher {
  /**
   * Publishes a message, then raises the event's watermark to its version. Returns whether both succeeded; against a
   * hung Redis, that takes seconds. Never rejects: the change is already committed, and a worker finds unpublished
   * changes by the watermark.
   */
  publishSeatsChanged(message: SeatsChanged): Promise<boolean>;
  /** Reports hold requests as settled. Never rejects: clients that wait for a request have it read once per second anyway. */
  publishRequestsSettled(message: RequestsSettled): Promise<void>;
  /** Announces that an admission was revoked. Never rejects: holds look at it in PostgreSQL anyway. */
  publishAdmissionRevoked(message: AdmissionRevoked): Promise<void>;
  /** Waits at most a second for messages that are being published, then disconnects. */
  close(): Promise<void>;
}

/** A hung Redis must not keep a process from stopping. */
const CLOSE_WAIT_MS_MAX = 1_000; // guard: publishing-wait

export function createPublisher(address: RedisAddress, logger: Logger): Publisher {
  const redis = connectRedis(address, 'sellout-publisher', logger);
  const watermarks = createWatermarks(redis);
  const outage = new OutageLog(logger);
  const publishing = new Set<Promise<boolean>>();

  async function publish(message: SeatsChanged): Promise<boolean> {
    try {
      await redis.publish(eventTopic(message.eventId), serialize(message)); // guard: watermark-after-publish
      // Only after the message is out: a watermark that is too high would hide a missing message from the worker.
      await watermarks.raise(message.eventId, message.version);
      outage.onSuccess();
      return true;
    } catch (error) {
      outage.onFailure(error, message);
      return false;
    }
  }

  return {
    publishSeatsChanged(message) {
      const published = withSpan(describeSpan, () => publish(message));
      publishing.add(published);
      return published.finally(() => publishing.delete(published));
    },

    async publishRequestsSettled(message) {
      try {
        await redis.publish(requestsTopic(message.eventId), JSON.stringify(message));
      } catch (error) {
        const { eventId, requestIds } = message;
        logger.debug({ err: error, eventId, requests: requestIds.length }, 'failed to report hold requests');
      }
    },

    async publishAdmissionRevoked(message) {
      try {
        await redis.publish(REVOCATIONS_TOPIC, JSON.stringify(message));
      } catch (error) {
        logger.debug({ err: error, ...message }, 'failed to announce a revoked admission');
      }
    },

    async close() {
      try {
        // guard: publishing-finishes-before-close
        await withTimeout(Promise.all(publishing), CLOSE_WAIT_MS_MAX, 'publishing');
      } catch (error) {
        logger.warn(
          { err: error, changes: publishing.size },
          'changes not published; a worker will publish them',
        );
      }
      redis.disconnect();
    },
  };
}

function describeSpan(): SpanStart {
  return { name: 'publish', kind: 'producer', attributes: { 'messaging.system': 'redis' } };
}

/** Serializes a message. What subscribers do with a traced one belongs to the span that publishes it. */
function serialize(message: SeatsChanged): string {
  const trace = message.traceparent === undefined ? undefined : currentRequest()?.trace;
  return JSON.stringify(
    trace === undefined ? message : { ...message, traceparent: formatTraceparent(trace) },
  );
}

/** Logs the start and the end of an outage. Changes come by the thousand, so one line for each would flood the log. */
class OutageLog {
  readonly #logger: Logger;
  #unpublished = 0;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  onFailure(error: unknown, { eventId, version }: SeatsChanged): void {
    metrics.publishFailures.inc();
    if (this.#unpublished++ > 0) return;
    this.#logger.warn(
      { err: error, eventId, version },
      'failed to publish changes; subscribers fall back to polling',
    );
  }

  onSuccess(): void {
    if (this.#unpublished === 0) return;
    this.#logger.info({ unpublished: this.#unpublished }, 'publishing changes works again');
    this.#unpublished = 0;
  }
}

/**
 * The last published version of each event. A hint, like everything in Redis: if the watermark is missing, the last
 * published version is unknown, and publishing a change twice is harmless.
 */
export interface Watermarks {
  /** False until Redis is connected, and while it is unavailable. */
  readonly reachable: boolean;
  /** Raises the watermark to `version`; never lowers it. */
  raise(eventId: number, version: number): Promise<void>;
  /** Lowers it after lost commits: from `from` to the database's version, which was read after the watermark. */
  lower(eventId: number, from: number, version: number): Promise<void>;
  /** Returns the watermarks in the order asked, null for a missing one. Rejects if Redis does not answer for all of them. */
  read(eventIds: readonly number[]): Promise<readonly (number | null)[]>;
  /** Like `read`, but leaves out the events for which Redis does not answer, because their node of a cluster is away. */
  readReachable(eventIds: readonly number[]): Promise<ReadonlyMap<number, number | null>>;
}

export function createWatermarks(redis: Redis): Watermarks {
  const raiseWatermark = loadLua(redis, new URL('raiseWatermark-1.lua', import.meta.url));
  const lowerWatermark = loadLua(redis, new URL('lowerWatermark-1.lua', import.meta.url));
  // One command for each event: a cluster refuses MGET of several events.
  async function readOne(eventId: number): Promise<number | null> {
    const value = await redis.get(watermarkKey(eventId));
    return value === null ? null : Number(value);
  }
  return {
    get reachable() {
      return redis.status === 'ready';
    },
    async raise(eventId, version) {
      await raiseWatermark([watermarkKey(eventId)], [version]);
    },
    async lower(eventId, from, version) {
      await lowerWatermark([watermarkKey(eventId)], [from, version]);
    },
    read: (eventIds) => Promise.all(eventIds.map(readOne)),
    async readReachable(eventIds) {
      const results = await Promise.allSettled(eventIds.map(readOne));
      return new Map(
        eventIds.flatMap((eventId, i) => {
          const result = results[i];
          return result?.status === 'fulfilled' ? [[eventId, result.value] as const] : [];
        }),
      );
    },
  };
}

export function watermarkKey(eventId: number): string {
  return `event:{${eventId}}:published`;
}

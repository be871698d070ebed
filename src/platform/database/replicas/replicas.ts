import type pg from 'pg';
import type { PrismaClient } from '../../../generated/prisma/client.ts';
import type { Logger } from '../../observability/logger.ts';
import { metrics } from '../../observability/metrics.ts';
import { onScrape } from '../../observability/metrics/registry.ts';
import { pause } from '../../pause.ts';
import { withResponseTimeout } from '../../with-timeout.ts';
import type { Connection } from '../session-settings.ts';
import { readPrimaryPosition, type PrimaryPosition } from './replica-positions.sql.ts';
import { isCanceled } from './primary-fallback.ts';
import { Replica, RESPONSE_WITHIN_MS, RETRIES_MAX, RETRY_PAUSE_MS, type ReplicaState } from './replica.ts';

const MEASURE_EVERY_MS = 1_000;

interface ReplicasOptions {
  readonly primary: PrismaClient;
  readonly primaryPool: pg.Pool;
  readonly connections: readonly Connection[];
  readonly poolSize: number;
  readonly silenceMaxMs: number;
  readonly logger: Logger;
}

/** Reads that may use a replica. */
export type ReplicaReads = Pick<Replicas, 'read' | 'isConfigured'>;

/** Returns reads that use no replica. */
export function primaryOnly(db: PrismaClient): ReplicaReads {
  return { isConfigured: false, read: (read) => read(db) };
}

/**
 * Decides which server a read goes to: a replica, or the primary. A process reads from one replica at a time, the first usable
 * one in an order of its own, so that what it shows does not go back and forth between replicas.
 *
 * There are three rules for what a replica may show:
 * - `read`: nothing older than the caller requires, by what the row itself says, such as its version;
 * - `clientFor` a viewer: everything that the primary had acknowledged before the call, by the position in the log. So viewers
 *   see their own changes, whichever process made them, and nothing must be remembered for each viewer;
 * - `clientFor` anybody else: at most LAG_MAX_MS old.
 *
 * Whatever decides something, or finds out whether something has changed, does not come here and reads from the primary.
 */
export class Replicas {
  readonly #primary: PrismaClient;
  readonly #primaryPool: pg.Pool;
  readonly #logger: Logger;
  readonly #replicas: readonly Replica[];
  /** A read of the primary's position that has not begun. Callers share it. */
  #nextPosition: Promise<PrimaryPosition | null> | null = null;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor({ primary, primaryPool, connections, ...options }: ReplicasOptions) {
    this.#primary = primary;
    this.#primaryPool = primaryPool;
    this.#logger = options.logger;
    const onFailure = () => metrics.replicaReads.inc({ result: 'failed' });
    const replicas = connections.map(
      (connection, i) => new Replica({ ...options, number: i + 1, connection, primaryPool, onFailure }),
    );
    this.#replicas = shuffle(replicas);
  }

  get isConfigured(): boolean {
    return this.#replicas.length > 0;
  }

  /** The states of the replicas, in the order in which they are used. */
  get states(): readonly ReplicaState[] {
    return this.#replicas.map(({ state }) => state);
  }

  /** Measures the replicas, now and then at intervals. */
  async start(): Promise<void> {
    if (!this.isConfigured) return;
    measured.add(this.#replicas);
    await this.measure();
    this.#schedule();
  }

  async close(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    measured.delete(this.#replicas);
    await Promise.all(this.#replicas.map((replica) => replica.close()));
  }

  /** Finds out which replicas are usable. Tests may pretend that the primary said earlier how far its log goes. */
  async measure(readAt = performance.now()): Promise<void> {
    const primary = await this.#readPosition();
    await Promise.all(this.#replicas.map((replica) => replica.measure(primary, readAt)));
  }

  /**
   * Reads something of which the caller knows how new it must be. A replica is read again a few times before the primary is.
   * What fails there is read from the primary at once: the replica may lack rows that the caller's rows refer to.
   */
  async read<T>(
    read: (db: PrismaClient) => Promise<T>,
    isNewEnough: (found: T) => boolean = () => true,
    retriesMax = RETRIES_MAX,
  ): Promise<T> {
    const replica = this.#inUse();
    if (replica === null) return read(this.#primary);
    try {
      for (let retry = 0; retry <= retriesMax; retry++) {
        if (retry > 0) await pause(RETRY_PAUSE_MS);
        const found = await read(replica.client);
        if (isNewEnough(found)) return this.#count('replica', found); // guard: replica-read-new-enough
      }
    } catch (error) {
      if (isCanceled(error)) throw error; // The primary would need as long for it.
      this.#logger.debug({ err: error, replica: replica.number }, 'a read from a replica failed');
    }
    return this.#count('behind', await read(this.#primary));
  }

  /** Returns the client for the reads of one query. `isViewer`: its caller may have changed something before. */
  async clientFor(isViewer: boolean): Promise<PrismaClient> {
    const replica = this.#inUse();
    if (replica === null) return this.#primary;
    if (!isViewer) return this.#count('replica', replica.client);
    const primary = await this.#askPosition();
    // While the primary does not respond, the replica has all that there is to see.
    // guard: viewer-reads-own-writes
    if (primary !== null && !(await replica.hasApplied(primary))) return this.#count('behind', this.#primary);
    return this.#count('replica', replica.client);
  }

  #inUse(): Replica | null {
    if (!this.isConfigured) return null;
    const replica = this.#replicas.find(({ isUsable }) => isUsable);
    return replica ?? this.#count('unavailable', null);
  }

  #count<T>(result: 'replica' | 'behind' | 'unavailable', value: T): T {
    metrics.replicaReads.inc({ result });
    return value;
  }

  /** Returns the position of the primary after this call began. The calls of one turn of the event loop share a statement. */
  #askPosition(): Promise<PrimaryPosition | null> {
    this.#nextPosition ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#nextPosition = null; // guard: position-read-after-call
        resolve(this.#readPosition());
      });
    });
    return this.#nextPosition;
  }

  async #readPosition(): Promise<PrimaryPosition | null> {
    try {
      return await withResponseTimeout(
        readPrimaryPosition(this.#primaryPool),
        RESPONSE_WITHIN_MS,
        'the primary',
      );
    } catch (error) {
      this.#logger.debug({ err: error }, 'failed to read the WAL position of the primary');
      return null;
    }
  }

  #schedule(): void {
    if (this.#stopped) return;
    const again = () => void this.measure().finally(() => this.#schedule());
    this.#timer = setTimeout(again, MEASURE_EVERY_MS * (0.8 + 0.4 * Math.random())).unref();
  }
}

/** Processes use replicas in different orders, so that each replica serves some of them. */
function shuffle<T>(values: readonly T[]): readonly T[] {
  return values
    .map((value) => ({ value, key: Math.random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ value }) => value);
}

const measured = new Set<readonly Replica[]>();

onScrape(() => {
  metrics.replicaLagSeconds.reset();
  metrics.replicaStates.reset();
  for (const { number, state, lagMs } of [...measured].flat()) {
    metrics.replicaStates.set({ replica: String(number), state }, 1);
    if (lagMs !== null) metrics.replicaLagSeconds.set({ replica: String(number) }, lagMs / 1000);
  }
});

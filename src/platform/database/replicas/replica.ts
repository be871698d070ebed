import type pg from 'pg';
import type { PrismaClient } from '../../../generated/prisma/client.ts';
import type { Logger } from '../../observability/logger.ts';
import { pause } from '../../pause.ts';
import { SingleFlight } from '../../single-flight.ts';
import { withResponseTimeout } from '../../with-timeout.ts';
import { classifyDbError } from '../db-errors.ts';
import { getSocket } from '../connection-socket.ts';
import { adaptPool, createClient, createPool } from '../pools.ts';
import type { Connection } from '../session-settings.ts';
import { readFromReplica } from './primary-fallback.ts';
import { readReplicaPosition, type PrimaryPosition, type WalPosition } from './replica-positions.sql.ts';

/** Lag at which a replica is left out. It is used again when it has caught up. */
const LAG_MAX_MS = 2_000;
/** Time that the primary or a replica has to respond with its position. */
export const RESPONSE_WITHIN_MS = 1_000;
/** How often a replica is asked again whether it has caught up, and the pause before each time. */
export const RETRIES_MAX = 3;
export const RETRY_PAUSE_MS = 20;

/**
 * State of a replica: used, or the reason why it is left out:
 * - `unknown`: not measured yet.
 * - `usable`: its lag is below the maximum, as far as known.
 * - `lagging`: it has not caught up since its lag exceeded the maximum.
 * - `unreachable`: it did not respond, or a connection to it broke.
 * - `primary`: it is not in recovery, such as after its promotion.
 * - `diverged`: it has applied what the primary does not have, or follows another timeline.
 */
export type ReplicaState = 'unknown' | 'usable' | 'lagging' | 'unreachable' | 'primary' | 'diverged';

export interface ReplicaOptions {
  /** Its number in the configuration, from 1. Metrics and logs show it. */
  readonly number: number;
  readonly connection: Connection;
  readonly primaryPool: pg.Pool;
  readonly poolSize: number;
  readonly silenceMaxMs: number;
  readonly logger: Logger;
  /** Called if the replica failed to execute a statement. */
  readonly onFailure: () => void;
}

/** A replica: its connections, and how far it has applied the log of the primary. */
export class Replica {
  readonly number: number;
  /** Reads from the replica, and from the primary what fails there or while it is left out. */
  readonly client: PrismaClient;
  readonly #logger: Logger;
  /** For reads. */
  readonly #pool: pg.Pool;
  /** For its position: reads that wait for a connection must not look like a failure. */
  readonly #watchPool: pg.Pool;
  readonly #asking = new SingleFlight<'position', void>();
  readonly #connections = new Set<pg.PoolClient>();
  #state: ReplicaState = 'unknown';
  #inRecovery = true;
  #timeline: number | null = null;
  #applied: WalPosition = -1;
  /** When the last position of the primary was read that the replica has applied, on the clock of `performance.now()`. */
  #freshAt = -Infinity;
  /** Time between the reading of that position and its application; null if none was applied. */
  #lagMs: number | null = null;

  constructor({
    number,
    connection,
    primaryPool,
    poolSize,
    silenceMaxMs,
    logger,
    onFailure,
  }: ReplicaOptions) {
    this.number = number;
    this.#logger = logger;
    const common = { ...connection, connectTimeoutMs: RESPONSE_WITHIN_MS, logger };
    this.#pool = createPool({ ...common, name: 'replica', max: poolSize, silenceMaxMs });
    this.#watchPool = createPool({
      ...common,
      name: 'replica position',
      max: 1,
      silenceMaxMs: RESPONSE_WITHIN_MS,
    });
    this.#pool.on('connect', (client) => this.#connections.add(client));
    this.#pool.on('remove', (client) => this.#connections.delete(client));
    // A restarted replica can be behind the position at which it stopped.
    this.#watchPool.on('remove', () => this.#forget());
    this.client = createClient(
      readFromReplica({
        replica: adaptPool(this.#pool),
        primary: adaptPool(primaryPool, false),
        isUsable: () => this.isUsable,
        onFailure: (error) => {
          if (classifyDbError(error) === 'connection') this.#leaveOut('unreachable', error);
          onFailure();
        },
      }),
    );
  }

  get state(): ReplicaState {
    return this.#state;
  }

  get isUsable(): boolean {
    return this.#state === 'usable';
  }

  get applied(): WalPosition {
    return this.#applied;
  }

  /** How old what it shows may be, in milliseconds; null if it never caught up. */
  get lagMs(): number | null {
    if (this.#lagMs === null || this.isUsable) return this.#lagMs;
    return performance.now() - this.#freshAt;
  }

  /** Returns whether reads see everything before a position. Asks a few times, with pauses, before it returns false. */
  async hasApplied(primary: PrimaryPosition): Promise<boolean> {
    try {
      return (await this.#reaches(primary.position)) && this.isUsable && this.#follows(primary);
    } catch (error) {
      this.#leaveOut('unreachable', error);
      return false;
    }
  }

  /**
   * Measures the lag behind a position that was read from the primary at `readAt`, and decides whether the replica is used.
   * Without a position, because the primary does not respond, only checks that the replica responds.
   */
  async measure(primary: PrimaryPosition | null, readAt: number): Promise<void> {
    // What it had applied before the position was read, the primary must have.
    const isAhead = primary !== null && this.#applied > primary.position; // guard: diverged-replica-left-out
    try {
      await this.#ask();
      const reached = primary === null ? null : await this.#reaches(primary.position);
      if (!this.#inRecovery) return this.#leaveOut('primary'); // guard: promoted-replica-left-out
      if (isAhead || (primary !== null && !this.#follows(primary))) return this.#leaveOut('diverged');
      this.#judge(reached, readAt);
    } catch (error) {
      this.#leaveOut('unreachable', error);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.client.$disconnect(), this.#watchPool.end()]);
    if (!this.#pool.ended && !this.#pool.ending) await this.#pool.end();
  }

  async #reaches(position: WalPosition): Promise<boolean> {
    for (let retry = 0; this.#applied < position && retry <= RETRIES_MAX; retry++) {
      if (retry > 0) await pause(RETRY_PAUSE_MS);
      await this.#ask();
    }
    return this.#applied >= position;
  }

  /** Returns false if it receives the log of another timeline, such as that of an old primary. */
  #follows({ timeline }: PrimaryPosition): boolean {
    return this.#inRecovery && (this.#timeline === null || this.#timeline === timeline); // guard: other-timeline-left-out
  }

  #judge(reached: boolean | null, readAt: number): void {
    const now = performance.now();
    if (reached === true) {
      this.#freshAt = readAt;
      this.#lagMs = now - readAt;
      this.#enter();
    } else if (reached === false && this.#lagMs !== null) {
      this.#lagMs = now - this.#freshAt;
      if (this.#lagMs > LAG_MAX_MS) this.#leaveOut('lagging'); // guard: lagging-replica-left-out
    }
  }

  #enter(): void {
    if (this.#state === 'usable') return;
    this.#logger.info({ replica: this.number, was: this.#state }, 'reading from a replica');
    this.#state = 'usable';
  }

  #leaveOut(state: ReplicaState, error?: unknown): void {
    if (state === 'unreachable') {
      this.#forget();
      // Reads that wait for it fail, and are repeated on the primary.
      for (const client of this.#connections)
        getSocket(client).destroy(new Error('Connection terminated: the replica does not respond'));
    }
    if (this.#state === state) return;
    this.#logger.warn({ err: error, replica: this.number, state }, 'a replica is left out');
    this.#state = state;
  }

  #forget(): void {
    this.#applied = -1;
  }

  /** Reads its position. Concurrent calls share one statement. */
  #ask(): Promise<void> {
    return this.#asking.run('position', async () => {
      const asked = readReplicaPosition(this.#watchPool);
      const found = await withResponseTimeout(asked, RESPONSE_WITHIN_MS, 'the replica');
      this.#inRecovery = found.inRecovery;
      this.#timeline = found.timeline;
      this.#applied = found.position ?? -1;
    });
  }
}

import type { PostgresNode } from './postgres-node.ts';

/**
 * The standbys of which at least one has every acknowledged commit: `synchronous_standby_names = 'ANY 1 (…)'`. A promotion
 * has to hear all of them, since the commit may be on any of them alone.
 *
 * A standby that is away is left out of the setting, so that one failure after another can be survived. It counts until the
 * others have caught up with what it may have acknowledged.
 */
export class SynchronousStandbys {
  /** Those in the setting of the primary. */
  #configured: readonly string[] = [];
  /** Those that may have the only copy of a commit. Contains `#configured`. */
  #names: readonly string[] = [];
  /** Until the configured standbys have flushed this position, those that were left out count. */
  #caughtUpAt: string | null = null;

  static format(names: readonly string[]): string {
    return `ANY 1 (${names.join(', ')})`;
  }

  get names(): readonly string[] {
    return this.#names;
  }

  /** Makes the node wait for one of these standbys at each commit. */
  async require(node: PostgresNode, names: readonly string[]): Promise<void> {
    this.#configured = names;
    this.#names = names;
    this.#caughtUpAt = null;
    await configure(node, names);
  }

  /** Adds standbys that have come back, and leaves out those that are away, unless all are. @throws if there is no response. */
  async update(primary: PostgresNode): Promise<void> {
    const streaming = await primary.ask<{ name: string; caughtUp: boolean | null }>(
      `SELECT application_name AS name, flush_lsn >= $1::pg_lsn AS "caughtUp"
         FROM pg_stat_replication WHERE state = 'streaming' ORDER BY 1`,
      [this.#caughtUpAt],
    );
    const names = streaming.map(({ name }) => name);
    const isSame = names.join() === this.#configured.toSorted().join();
    if (isSame) {
      if (this.#caughtUpAt === null || streaming.some(({ caughtUp }) => caughtUp !== true)) return;
      this.#names = names;
      this.#caughtUpAt = null;
      return;
    }
    if (names.length === 0) return;
    // Those that are added count at once.
    this.#names = [...new Set([...this.#names, ...names])];
    this.#configured = names;
    await configure(primary, names);
    const [position] = await primary.ask<{ lsn: string }>('SELECT pg_current_wal_flush_lsn() AS lsn');
    this.#caughtUpAt = position?.lsn ?? null;
  }
}

async function configure(node: PostgresNode, names: readonly string[]): Promise<void> {
  await node.ask(`ALTER SYSTEM SET synchronous_standby_names = '${SynchronousStandbys.format(names)}'`);
  await node.ask('SELECT pg_reload_conf()');
}

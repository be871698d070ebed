import { setTimeout as delay } from 'node:timers/promises';
import { waitUntil } from '../../local/processes.ts';
import type { PostgresNode } from './postgres-node.ts';
import { SynchronousStandbys } from './synchronous-standbys.ts';

/*
 * Watches the primary, and replaces it when it is gone:
 *
 *   watching ──no response for 2 s──▶ asking ──▶ detaching ──▶ choosing ──▶ promoting ──▶ watching (the new primary)
 *                                        │           │
 *                                        └───────────┴── a standby that may have the only copy of a commit does not
 *                                                        respond: let the others replicate, and try again
 *
 * Detaching comes before choosing: once the standbys no longer receive from the old primary, it cannot acknowledge
 * another commit, even if it still runs. What they have received by then is compared, and the most advanced one is promoted.
 *
 * Asking comes before detaching: without a standby, commits wait. If the promotion cannot happen, and the primary answers
 * clients or does so again, they would wait for nothing.
 */

const LOOK_EVERY_MS = 200;
const GONE_AFTER_MS = 2_000;
/** What one look counts at most. If this process itself was not running for a while, the primary did nothing wrong. */
const LOOK_MS_MAX = 1_500;
const DETACHED_WITHIN_MS = 2_000;
const PROMOTED_WITHIN_S = 30;

export interface SupervisorOptions {
  readonly nodes: readonly PostgresNode[];
  readonly primary: PostgresNode;
  /** Called before a standby is promoted, to store which node has all commits. */
  readonly onPrimary: (name: string) => void;
  readonly report: (line: string) => void;
}

export class PostgresSupervisor {
  readonly #nodes: readonly PostgresNode[];
  readonly #options: SupervisorOptions;
  readonly #standbys = new SynchronousStandbys();
  /** How many standbys were promoted. */
  promotions = 0;
  readonly #stopped = new AbortController();
  #primary: PostgresNode;
  /** False during a failover, so that nobody connects to the old primary. */
  #isDecided = true;
  /** Time without a response. */
  #silentMs = 0;
  #lookedAt = performance.now();
  #waitingFor: string | null = null;
  /** Standbys that were told to detach, and not yet to follow the primary. */
  readonly #detached = new Set<PostgresNode>();
  #running: Promise<void> | null = null;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#nodes = options.nodes;
    this.#primary = options.primary;
  }

  get primary(): PostgresNode {
    return this.#primary;
  }

  /** The node that may get connections: none during a failover. */
  get acceptedPrimary(): PostgresNode | null {
    return this.#isDecided ? this.#primary : null;
  }

  /** The standbys that a promotion waits for; null if none is due. */
  get waitingFor(): string | null {
    return this.#waitingFor;
  }

  /** The names of the standbys that may have the only copy of a commit. */
  get requiredStandbys(): readonly string[] {
    return this.#standbys.names;
  }

  /** Copies the primary to all other nodes, starts them, and watches from then on. */
  async start(): Promise<void> {
    for (const node of this.#others()) await this.rebuild(node);
    await this.#standbys.require(
      this.#primary,
      this.#others().map((node) => node.standbyName),
    );
    this.#lookedAt = performance.now();
    this.#running = this.#watch();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  /** Makes a node that is not the primary a standby of it, from a new copy. */
  async rebuild(node: PostgresNode): Promise<void> {
    const others = this.#nodes.filter((each) => each !== node).map((each) => each.standbyName);
    let source: PostgresNode;
    do {
      source = this.#primary;
      this.#detached.delete(node);
      await node.rebuild(source, SynchronousStandbys.format(others));
    } while (source !== this.#primary && node !== this.#primary); // guard: copy-of-the-present-primary
  }

  #others(): readonly PostgresNode[] {
    return this.#nodes.filter((node) => node !== this.#primary);
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      try {
        await this.#look();
      } catch (error) {
        this.#options.report(`failover: ${error instanceof Error ? error.message : String(error)}`);
      }
      await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #look(): Promise<void> {
    const isResponding = await this.#standbys.update(this.#primary).then(
      () => true,
      () => false,
    );
    const now = performance.now();
    this.#silentMs = isResponding ? 0 : this.#silentMs + Math.min(now - this.#lookedAt, LOOK_MS_MAX);
    this.#lookedAt = now;
    if (isResponding) {
      this.#waitingFor = null;
      await this.#attach();
    }
    if (this.#silentMs > GONE_AFTER_MS) await this.#failOver();
  }

  async #failOver(): Promise<void> {
    const old = this.#primary;
    const asked = await this.#findOthers((node) => node.ask('SELECT'));
    const silent = this.#findMissing(asked.map(({ node }) => node));
    if (silent !== null) return this.#waitFor(silent); // guard: standbys-asked-before-detaching
    this.#isDecided = false;
    const candidates = await this.#findOthers((node) => {
      this.#detached.add(node); // guard: detached-standby-follows
      return detach(node);
    });
    const [best] = candidates.toSorted((a, b) => (a.found < b.found ? 1 : -1));
    const missing = this.#findMissing(candidates.map(({ node }) => node));
    // guard: promotion-hears-every-standby
    if (missing !== null || best === undefined) {
      if (missing !== null) this.#waitFor(missing);
      // The old primary may come back by itself, before this process knows.
      await Promise.allSettled([...this.#detached].map((node) => follow(node, old)));
      this.#isDecided = true;
      return;
    }
    await this.#promote(
      best.node,
      candidates.map(({ node }) => node).filter((node) => node !== best.node),
    );
    this.#options.report(`${best.node.name} is the primary now, instead of ${old.name}`);
  }

  /** Asks all nodes but the primary at once, and returns those that answer. */
  async #findOthers<Found>(ask: (node: PostgresNode) => Promise<Found>) {
    const answers = await Promise.allSettled(
      this.#others().map(async (node) => ({ node, found: await ask(node) })),
    );
    return answers.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  }

  /** Returns the names of the standbys that may have the only copy of a commit and are not among `nodes`, or null. */
  #findMissing(nodes: readonly PostgresNode[]): string | null {
    const heard = nodes.map((node) => node.standbyName);
    const missing = this.#standbys.names.filter((name) => !heard.includes(name));
    return missing.join(', ') || (heard.length === 0 ? 'any standby' : null);
  }

  /** Puts a promotion off until these standbys respond. Reports it once. */
  #waitFor(names: string): void {
    if (this.#waitingFor !== names)
      this.#options.report(`no promotion: commits may be on ${names} alone, which does not respond`);
    this.#waitingFor = names;
  }

  /** Lets detached standbys follow the primary. One that does not respond now is tried again at the next look. */
  async #attach(): Promise<void> {
    const attach = async (node: PostgresNode) => {
      const exists = 'SELECT FROM pg_replication_slots WHERE slot_name = $1';
      const create = `SELECT pg_create_physical_replication_slot($1, true) WHERE NOT EXISTS (${exists})`;
      await this.#primary.ask(create, [node.standbyName]);
      await follow(node, this.#primary);
      this.#detached.delete(node);
    };
    await Promise.allSettled([...this.#detached].map(attach));
  }

  async #promote(node: PostgresNode, followers: readonly PostgresNode[]): Promise<void> {
    const names = followers.map((each) => each.standbyName);
    await this.#standbys.require(
      node,
      names.length > 0 ? names : this.#nodes.filter((each) => each !== node).map((each) => each.standbyName),
    );
    this.#options.onPrimary(node.name);
    await node.ask('SELECT pg_promote(false)');
    const isPromoted = async () => {
      const [row] = await node.ask<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby');
      return row?.standby === false;
    };
    if (!(await waitUntil(isPromoted, PROMOTED_WITHIN_S * 1_000)))
      throw new Error(`${node.name} was not promoted within ${PROMOTED_WITHIN_S} s`);
    this.#primary = node;
    this.promotions++;
    this.#isDecided = true;
    this.#waitingFor = null;
    this.#silentMs = 0;
    this.#detached.delete(node);
    await this.#attach();
  }
}

/** Stops replication to a standby, and returns how many bytes of the log it has received. */
async function detach(node: PostgresNode): Promise<bigint> {
  await node.ask("ALTER SYSTEM SET primary_conninfo = ''");
  await node.ask('SELECT pg_reload_conf()');
  const isDetached = async () => (await node.ask('SELECT FROM pg_stat_wal_receiver')).length === 0;
  if (!(await waitUntil(isDetached, DETACHED_WITHIN_MS))) throw new Error(`${node.name} is still attached`);
  const [row] = await node.ask<{ received: string }>(
    `SELECT pg_wal_lsn_diff(GREATEST(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()), '0/0') AS received`,
  );
  return BigInt(row?.received ?? 0);
}

async function follow(node: PostgresNode, primary: PostgresNode): Promise<void> {
  // ALTER SYSTEM takes no parameters. The value has no quotes: the password is base64url.
  await node.ask(`ALTER SYSTEM SET primary_conninfo = '${primary.connectionFor(node)}'`);
  await node.ask('SELECT pg_reload_conf()');
}

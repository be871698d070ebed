import type { ChildProcess } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { getSqlState } from '../../../src/platform/database/db-errors.ts';
import { clusterPaths } from '../../local/postgres/cluster.ts';
import { type Postgres, startPostgres } from '../../local/postgres/postgres.ts';
import { ClusterNode } from '../node.ts';
import { copyPrimary } from './copy-primary.ts';

const RESPONSE_WITHIN_MS = 1_000;

/** Small, since all nodes share one machine. */
const SETTINGS = {
  shared_buffers: '64MB',
  max_wal_size: '512MB',
  // A standby that is away does not fill the disk: it is copied again.
  max_slot_wal_keep_size: '1GB',
  wal_sender_timeout: '5s',
  wal_receiver_timeout: '5s',
  wal_retrieve_retry_interval: '200ms',
};

export interface PostgresNodeOptions {
  readonly name: string;
  readonly port: number;
  readonly folder: string;
  readonly durable: boolean;
  /** Makes the node a new copy of the primary. Returns false if it is the primary itself. */
  readonly rebuild: (node: PostgresNode) => Promise<boolean>;
}

/** One PostgreSQL server: the primary or a standby. */
export class PostgresNode extends ClusterNode {
  readonly #folder: string;
  readonly #durable: boolean;
  readonly #rebuild: PostgresNodeOptions['rebuild'];
  #server: Postgres | null = null;
  #client: Promise<pg.Client> | null = null;

  constructor({ name, port, folder, durable, rebuild }: PostgresNodeOptions) {
    super(name, port);
    this.#folder = folder;
    this.#durable = durable;
    this.#rebuild = rebuild;
  }

  /** The name by which it reports to the primary, also that of its slot there. */
  get standbyName(): string {
    return this.name.replaceAll('-', '_');
  }

  get url(): string {
    if (this.#server === null) throw new Error(`${this.name} was never started`);
    return this.#server.url;
  }

  /** Returns the connection string by which `standby` replicates from this node. */
  connectionFor(standby: PostgresNode): string {
    const { username, password, port } = new URL(this.url);
    return (
      `host=127.0.0.1 port=${port} user=${username} password=${password} ` +
      `application_name=${standby.standbyName} connect_timeout=2`
    );
  }

  /** Makes this node a standby of `primary`, from a new copy, and starts it. */
  async rebuild(primary: PostgresNode, synchronousNames: string): Promise<void> {
    this.resume();
    await this.kill();
    await copyPrimary({
      from: primary.#folder,
      to: this.#folder,
      url: primary.url,
      slot: this.standbyName,
      settings: {
        synchronous_standby_names: synchronousNames,
        primary_conninfo: primary.connectionFor(this),
        primary_slot_name: this.standbyName,
      },
    });
    await this.start();
  }

  /**
   * Rebuilds the node as a standby if it is down, paused or does not replicate, because it was the primary before: what it
   * has may differ. Otherwise, and if it is the primary, continues as other nodes do.
   */
  override async heal(): Promise<void> {
    if ((await this.readState()) !== 'standby' && (await this.#rebuild(this))) return;
    await super.heal();
  }

  /** Makes the next start one of a primary, whatever the node was before. */
  forgetStandby(): void {
    const signal = path.join(clusterPaths(this.#folder).cluster, 'standby.signal');
    if (existsSync(signal)) rmSync(signal);
  }

  /** Runs a statement on the connection that watches this node. @throws if there is no response within a second. */
  async ask<Row extends pg.QueryResultRow>(
    statement: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> {
    this.#client ??= this.#connect();
    try {
      return (await (await this.#client).query<Row>(statement, [...values])).rows;
    } catch (error) {
      // An error of a statement leaves the connection intact.
      if (getSqlState(error) === undefined) this.#disconnect();
      throw error;
    }
  }

  #connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.url,
      application_name: 'sellout supervisor',
      connectionTimeoutMillis: RESPONSE_WITHIN_MS,
      query_timeout: RESPONSE_WITHIN_MS,
    });
    const connected = client.connect().then(() => client);
    const gone = () => {
      if (this.#client === connected) this.#client = null;
    };
    client.on('error', gone).on('end', gone);
    // A server that is still starting refuses connections with an error of SQL, which `ask` takes for one of its statement.
    connected.catch(gone);
    return connected;
  }

  #disconnect(): void {
    const client = this.#client;
    this.#client = null;
    // `end` would wait for a server that may not respond.
    client?.then(destroy, () => undefined);
  }

  protected async run(): Promise<ChildProcess> {
    this.#disconnect();
    this.#server = await startPostgres({
      folder: this.#folder,
      port: this.port,
      durable: this.#durable,
      settings: SETTINGS,
    });
    return this.#server.process;
  }

  protected async readRole(): Promise<string> {
    const [row] = await this.ask<{ standby: boolean; streams: boolean }>(
      `SELECT pg_is_in_recovery() AS standby,
              EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming') AS streams`,
    );
    if (row?.standby !== true) return 'primary';
    return row.streams ? 'standby' : 'standby, not streaming';
  }

  protected async end(): Promise<void> {
    this.#disconnect();
    await this.#server?.stop('fast');
  }
}

function destroy(client: pg.Client): void {
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}

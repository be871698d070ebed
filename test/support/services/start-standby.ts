import { copyPrimary } from '../../../scripts/cluster/postgres/copy-primary.ts';
import { startPostgres, type Postgres } from '../../../scripts/local/postgres/postgres.ts';

interface StandbyOptions {
  /** A running PostgreSQL: its folder and its address. */
  readonly primary: { readonly folder: string; readonly url: string };
  /** Folder of the standby. */
  readonly folder: string;
  /** Replication slot of the standby, which is also its name at the primary. */
  readonly slot: string;
  readonly durable: boolean;
}

/** Starts an asynchronous standby of a PostgreSQL that runs on this machine. */
export async function startStandby({ primary, folder, slot, durable }: StandbyOptions): Promise<Postgres> {
  const { username, password, port } = new URL(primary.url);
  await copyPrimary({
    from: primary.folder,
    to: folder,
    url: primary.url,
    slot,
    settings: {
      primary_conninfo: `host=127.0.0.1 port=${port} user=${username} password=${password} application_name=${slot}`,
      primary_slot_name: slot,
      wal_retrieve_retry_interval: '100ms',
    },
  });
  return startPostgres({ folder, durable });
}

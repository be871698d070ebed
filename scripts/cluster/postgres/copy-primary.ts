import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { postgresBinaries } from '../../local/postgres/binaries.ts';
import { clusterPaths } from '../../local/postgres/cluster.ts';
import { postgresUserFor } from '../../local/postgres/system-user.ts';

/** What a copy must not contain: the old process, and what belongs to one server only. */
const EXCLUDED = ['./postmaster.pid', './postmaster.opts', './pg_wal/*', './pg_replslot/*'];

interface Copy {
  /** Folders with a cluster, its password and its log. */
  readonly from: string;
  readonly to: string;
  readonly url: string;
  /** The contents of `postgresql.auto.conf`. */
  readonly settings: Readonly<Record<string, string>>;
  /** The replication slot of the standby, from which it gets all WAL since the copy began. */
  readonly slot: string;
}

/**
 * Makes a standby by copying the folder of a running primary, as pg_basebackup does, which the package of PostgreSQL does
 * not contain. Replaces what is in the target folder.
 */
export async function copyPrimary({ from, to, url, settings, slot }: Copy): Promise<void> {
  const [source, target] = [clusterPaths(from), clusterPaths(to)];
  rmSync(target.cluster, { recursive: true, force: true });
  mkdirSync(target.cluster, { recursive: true, mode: 0o700 });
  const session = new pg.Client({ connectionString: url, application_name: 'sellout copy' });
  await session.connect();
  try {
    await recreateSlot(session, slot);
    await session.query("SELECT pg_backup_start('standby', true)");
    await copyFolder(source.cluster, target.cluster);
    const { rows } = await session.query<{ labelfile: string }>(
      'SELECT labelfile FROM pg_backup_stop(false)',
    );
    const user = postgresUserFor(target.cluster, await postgresBinaries());
    const write = (name: string, text: string) => {
      const file = path.join(target.cluster, name);
      writeFileSync(file, text, { mode: 0o600 });
      user.own(file);
    };
    write('backup_label', rows[0]?.labelfile ?? '');
    write('standby.signal', '');
    write('postgresql.auto.conf', formatSettings(settings));
    copyFileSync(source.passwordFile, target.passwordFile);
    user.own(target.passwordFile);
  } finally {
    await session.end();
  }
}

async function recreateSlot(session: pg.Client, slot: string): Promise<void> {
  const exists = 'FROM pg_replication_slots WHERE slot_name = $1';
  // A server that was killed may still count as connected for a moment.
  await session.query(`SELECT pg_terminate_backend(active_pid, 5000) ${exists} AND active`, [slot]);
  await session.query(`SELECT pg_drop_replication_slot(slot_name) ${exists}`, [slot]);
  // Reserves WAL at once.
  await session.query('SELECT pg_create_physical_replication_slot($1, true)', [slot]);
}

function formatSettings(settings: Readonly<Record<string, string>>): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`);
  return `${lines.join('\n')}\n`;
}

/** Copies with tar, which goes on if a file changes or vanishes meanwhile: WAL replay repairs that. */
async function copyFolder(from: string, to: string): Promise<void> {
  const excluded = EXCLUDED.map((name) => `--exclude=${name}`);
  const reader = spawn('tar', ['-C', from, ...excluded, '-cf', '-', '.'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const writer = spawn('tar', ['-C', to, '-xpf', '-'], { stdio: [reader.stdout, 'ignore', 'ignore'] });
  const [[read], [written]] = (await Promise.all([once(reader, 'exit'), once(writer, 'exit')])) as [
    [number | null],
    [number | null],
  ];
  reader.stdout.destroy();
  // 1: some files changed or vanished.
  if (read === null || read > 1 || written !== 0)
    throw new Error(`copying ${from} failed (tar exited with ${read}, ${written})`);
}

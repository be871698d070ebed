import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import { SchemaEngine } from '@prisma/schema-engine-wasm';
import type { MigrationDirectory, MigrationList } from '@prisma/schema-engine-wasm';
import { noDatabase } from './no-database.ts';

const PRISMA_FOLDER = path.join(import.meta.dirname, '../../prisma');
const MIGRATIONS_FOLDER = path.join(PRISMA_FOLDER, 'migrations');
const SCHEMA_FILE = path.join(PRISMA_FOLDER, 'schema.prisma');

/** Excludes no tables or enums from the engine's view. */
export const NO_FILTERS = { externalTables: [], externalEnums: [] };

/**
 * Runs `work` with Prisma's schema engine as WebAssembly. It is the same code as the binary that `prisma migrate` downloads,
 * so the migrations remain ordinary Prisma migrations.
 */
export async function withSchemaEngine<T>(
  adapter: SqlMigrationAwareDriverAdapterFactory,
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  const datamodel = await readFile(SCHEMA_FILE, 'utf8');
  const factory = bindMigrationAwareSqlAdapterFactory(adapter);
  const engine = await SchemaEngine.new({ datamodels: [[SCHEMA_FILE, datamodel]] }, () => {}, factory);
  const refTimersAgain = unrefTimers();
  try {
    return await work(engine);
  } finally {
    refTimersAgain();
    engine.free();
  }
}

/**
 * Makes new timers not keep the process alive. The engine never clears the ten-second timer of its lock, which would delay
 * the exit of every process that migrates. Open sockets keep the process alive while work is in progress.
 */
function unrefTimers(): () => void {
  const { setTimeout } = globalThis;
  const unrefed = (...args: Parameters<typeof setTimeout>): NodeJS.Timeout => setTimeout(...args).unref();
  globalThis.setTimeout = Object.assign(unrefed, setTimeout);
  return () => (globalThis.setTimeout = setTimeout);
}

/** Returns the SQL that creates the datamodel. Needs no database. */
export async function getDatamodelSql(): Promise<string> {
  const content = await readFile(SCHEMA_FILE, 'utf8');
  return withSchemaEngine(noDatabase, async (engine) => {
    const { stdout } = await engine.diff({
      from: { tag: 'empty' },
      to: { tag: 'schemaDatamodel', files: [{ path: SCHEMA_FILE, content }] },
      script: true,
      exitCode: null,
      filters: NO_FILTERS,
    });
    if (stdout === null) throw new Error('The schema engine returned no SQL for prisma/schema.prisma');
    return stdout;
  });
}

/** Reads prisma/migrations, up to `last` if it is given, in the form that the engine takes. */
export async function readMigrations(last?: string): Promise<MigrationList> {
  const entries = await readdir(MIGRATIONS_FOLDER, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory() && (last === undefined || entry.name <= last))
    .map((entry) => entry.name);
  const lockFile = path.join(MIGRATIONS_FOLDER, 'migration_lock.toml');
  return {
    baseDir: MIGRATIONS_FOLDER,
    lockfile: { path: 'migration_lock.toml', content: await readFile(lockFile, 'utf8') },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(names.sort().map(readMigration)),
  };
}

async function readMigration(name: string): Promise<MigrationDirectory> {
  const content = await readFile(path.join(MIGRATIONS_FOLDER, name, 'migration.sql'), 'utf8');
  return { path: name, migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: content } } };
}

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { step } from '../../../scripts/bootstrap/steps.mjs';
import { findChromium } from '../../../scripts/browser/chromium.ts';
import { startPostgres } from '../../../scripts/local/postgres/postgres.ts';
import { findRedis } from '../../../scripts/local/redis/find-redis.ts';
import { makeScratchFolder } from '../../../scripts/local/scratch-folder.ts';
import { buildShop, isShopOutdated } from '../../../scripts/local/web-shop.ts';
import { promtoolVersion } from '../promtool-version.ts';
import { prepareDatabase } from './prepare-database.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The migrated template database. Never connect to it; clone it with `createTestDatabase`. */
    templateUrl: string;
    /** A folder for this run, removed at its end. */
    scratchFolder: string;
  }
}

/**
 * Starts, once per run, a PostgreSQL on a free port with a migrated template database, in a scratch folder. It uses no
 * data folder, so it can run beside `npm start` and other test runs.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const scratch = await makeScratchFolder();
  const postgres = await step('PostgreSQL for the tests', () =>
    // Not durable: tests crash the server, never the machine.
    startPostgres({ folder: path.join(scratch.folder, 'postgres'), durable: false }),
  );
  await step('Migrations', () => prepareDatabase(postgres.url));
  await step('Redis for the tests', findRedis);
  if (isShopOutdated()) await step('Web shop', buildShop);
  // Before the deadlines of tests begin, and once instead of in each process.
  if (usesBrowser()) await step('Chromium for the tests', () => findChromium(scratch.folder));
  await step(
    promtoolVersion === null
      ? 'Alert rules: promtool is not in PATH (Debian: prometheus); only their metrics are checked'
      : `Alert rules: evaluated by ${promtoolVersion}`,
    () => undefined,
  );
  mkdirSync(path.join(scratch.folder, 'services'));
  project.provide('templateUrl', postgres.url);
  project.provide('scratchFolder', scratch.folder);
  return async () => {
    await postgres.stop('immediate');
    await scratch.remove();
  };
}

/** Returns false if the run names only tests that need no browser. */
function usesBrowser(): boolean {
  const named = process.argv.slice(2).filter((argument) => argument.startsWith('test/'));
  return named.length === 0 || named.some((name) => /^test\/web(?:\/|$)/.test(name));
}

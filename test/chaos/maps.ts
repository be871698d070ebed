import { waitUntil } from '../../scripts/local/processes.ts';
import type { PrismaClient } from '../../src/platform/database/db.ts';
import { readSeatMap } from '../../src/seating/map/seat-map.sql.ts';
import { Page, type PageOptions } from './page.ts';

const RIGHT_WITHIN_MS = 60_000;

/** Opens pages, which `clients` closes. Resolves when all of them show a map. @throws after a minute. */
export async function openPages(
  count: number,
  options: PageOptions,
  clients: AsyncDisposableStack,
): Promise<readonly Page[]> {
  const opened = Array.from({ length: count }, async () =>
    clients.adopt(await Page.open(options), (page) => page.close()),
  );
  const pages = await Promise.all(opened);
  const allOpen = () => pages.every(({ version }) => version !== null);
  if (!(await waitUntil(allOpen, RIGHT_WITHIN_MS))) throw new Error('the pages do not open');
  return pages;
}

/**
 * Waits, after the buyers have stopped, until no hold is left and every page shows what the database has. Adds each page
 * that does not, and each message that did not continue the one before, to `breaches`.
 */
export async function checkMaps(
  db: PrismaClient,
  eventId: number,
  pages: readonly Page[],
  breaches: string[],
): Promise<{ readonly version: number; readonly rightAfterMs: number }> {
  const quietFrom = performance.now();
  await waitUntil(() => allRight(db, eventId, pages), RIGHT_WITHIN_MS);
  const rightAfterMs = performance.now() - quietFrom;
  const truth = await readSeatMap(db, eventId);
  const wanted = truth?.states.encode();
  for (const [i, page] of pages.entries()) {
    if (page.version !== truth?.version || page.states !== wanted)
      breaches.push(`page ${i} shows version ${page.version}, not ${truth?.version}`);
    breaches.push(...page.seen.faults.map((fault) => `page ${i} received ${fault}`));
  }
  return { version: truth?.version ?? 0, rightAfterMs };
}

/** Returns true if no hold is left and every page shows what the database has. */
async function allRight(db: PrismaClient, eventId: number, pages: readonly Page[]): Promise<boolean> {
  if ((await db.booking.count({ where: { eventId, status: 'HOLD' } })) > 0) return false;
  const map = await readSeatMap(db, eventId);
  return pages.every(({ version }) => version === map?.version);
}

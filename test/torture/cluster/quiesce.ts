import { waitUntil } from '../../../scripts/local/processes.ts';
import { sql } from '../../../src/platform/database/db.ts';
import { readSeatMap } from '../../../src/seating/map/seat-map.sql.ts';
import type { Breach } from '../check/breach.ts';
import type { System } from './system.ts';
import type { HallHistory } from '../hall-history.ts';
import { closeConnections } from '../buyers/post-json.ts';
import type { Watcher } from './watcher.ts';

const SWEPT_WITHIN_MS = 15_000;
const MAPS_RIGHT_WITHIN_MS = 15_000;
const ENDED_WITHIN_MS = 5_000;

/**
 * Checks what must happen after the clients and faults have ended: no overdue hold remains (I3), every live map equals
 * the database (I10), the nodes finish their work and stop gracefully (I13), and no transaction remains open (I9).
 */
export async function quiesce(
  system: System,
  halls: readonly HallHistory[],
  watchers: readonly Watcher[],
): Promise<Breach[]> {
  const breaches: Breach[] = [];
  const add = (rule: string, eventId: number, what: string) => void breaches.push({ rule, eventId, what });
  const eventIds = halls.map(({ eventId }) => eventId);
  const swept = await waitUntil(async () => (await overdueHolds(system, eventIds)) === 0, SWEPT_WITHIN_MS);
  if (!swept) add('I3', 0, `${await overdueHolds(system, eventIds)} overdue holds remain`);

  for (const watcher of watchers) {
    if (await waitUntil(() => watcher.isCorrect(system.database.reads), MAPS_RIGHT_WITHIN_MS)) continue;
    const { version, states } = watcher.follower;
    const map = await readSeatMap(system.database.reads, watcher.eventId);
    const truth = `version ${map?.version} ${map?.states.encode()}`;
    add(
      'I10',
      watcher.eventId,
      `${watcher.node.name} shows version ${version} ${states} instead of ${truth}`,
    );
  }
  for (const watcher of watchers) {
    const gaps = await watcher.stop();
    if (gaps > 0) add('I10', watcher.eventId, `${gaps} gaps in the messages of ${watcher.node.name}`);
  }
  closeConnections();
  for (const { rule, what } of await system.stop()) add(rule, 0, what);
  // A backend may still execute the last statement of a stopped node.
  const ended = await waitUntil(async () => (await openTransactions(system)) === 0, ENDED_WITHIN_MS);
  if (!ended) add('I9', 0, `${await openTransactions(system)} transactions remain open`);
  return breaches;
}

async function overdueHolds({ database }: System, eventIds: readonly number[]): Promise<number> {
  const [row] = await database.reads.$queryRaw<
    { count: number }[]
  >(sql`SELECT count(*)::int AS count FROM bookings
    WHERE event_id = ANY(${eventIds}::int[]) AND status = 'HOLD' AND hold_expires_at <= clock_timestamp()`);
  return row?.count ?? 0;
}

/** Returns the number of open transactions. With the nodes stopped, only short ones of the worker may appear. */
async function openTransactions({ database }: System): Promise<number> {
  const [row] = await database.reads.$queryRaw<{ count: number }[]>(sql`SELECT count(*)::int AS count
    FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
      AND (application_name IN ('sellout batches', 'sellout reads') AND state <> 'idle'
           OR xact_start < clock_timestamp() - interval '10 seconds')`);
  return row?.count ?? 0;
}

/*
 * Stands in for k6 where a test needs a run with a certain end: writes the summary that `END` names and exits as k6 does.
 * The scenarios themselves run on real k6 in CI.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import pg from 'pg';
import type { Plan } from '../../../loadtest/k6/lib/plan-format.ts';

/** Exit status and thresholds by the value of `END`. */
const ends = {
  passed: { status: 0, ok: true },
  breached: { status: 99, ok: false },
  broken: { status: 107, ok: true },
  /** The map in the database changes, and no client hears of it. */
  unannounced: { status: 0, ok: true },
} as const;

function readArgument(name: string): string {
  const prefix = `${name}=`;
  return process.argv.find((argument) => argument.startsWith(prefix))?.slice(prefix.length) ?? '';
}

async function blockSeat(): Promise<void> {
  const { eventNumber } = JSON.parse(readFileSync(readArgument('PLAN'), 'utf8')) as Plan;
  const client = new pg.Client({ connectionString: process.env['DATABASE_URL'] });
  await client.connect();
  await client.query(`UPDATE event_seats SET status = 'BLOCKED' WHERE event_id = $1 AND seat_index = 3`, [
    eventNumber,
  ]);
  await client.end();
}

const [command] = process.argv.slice(2);
if (command === 'version') process.stdout.write('k6 v1.8.1 (a stand-in)\n');
else {
  const end = process.env['END'] as keyof typeof ends;
  const { status, ok } = ends[end];
  if (end === 'unannounced') await blockSeat();
  const dropped = { values: { count: ok ? 0 : 3, rate: 0 }, thresholds: { 'count==0': { ok } } };
  if (status === 107) process.stderr.write('the script has a bug\n');
  else writeFileSync(readArgument('SUMMARY'), JSON.stringify({ metrics: { dropped_iterations: dropped } }));
  process.exitCode = status;
}

import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { runs } from '../../../scripts/local/processes.ts';
import { SEATS } from '../arena.ts';
import type { LoopResult } from '../closed-loop.ts';

const PGBENCH_CLIENTS = 16;

/** Each client takes every sixteenth seat of a permutation, so that no two clients request the same seat. */
const NEXT_SEAT = String.raw`
\set n :n + 1
\set seat permute(:client_id + ${PGBENCH_CLIENTS} * :n, ${SEATS}, 4711)
`;
const COUNT_ON_EVENT = `
UPDATE events SET seat_version = seat_version + 1, seats_held = seats_held + 1 WHERE id = :event;`;
/** The plain statements of a hold. */
const holdStatements = (countOnEvent: string) => String.raw`${NEXT_SEAT}BEGIN;
SELECT tier_index, status FROM event_seats WHERE event_id = :event AND seat_index = :seat FOR UPDATE;
INSERT INTO bookings (event_id, id, buyer_id, status, seat_count, total_amount, created_at, hold_expires_at)
  VALUES (:event, uuidv7(), gen_random_uuid(), 'HOLD', 1, 4900, clock_timestamp(), clock_timestamp() + interval '1 hour')
  RETURNING id AS booking \gset
INSERT INTO booking_seats (event_id, booking_id, seat_index, booking_status) VALUES (:event, :booking::uuid, :seat, 'HOLD');
UPDATE event_seats SET status = 'HELD', current_booking_id = :booking::uuid
  WHERE event_id = :event AND seat_index = :seat AND status = 'AVAILABLE';${countOnEvent}
COMMIT;
`;

/** The same statements without the event's row, in one call. */
export const HOLD_FUNCTION = `
CREATE OR REPLACE FUNCTION bench_hold(event int, seat int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE booking uuid;
BEGIN
  PERFORM tier_index, status FROM event_seats WHERE event_id = event AND seat_index = seat FOR UPDATE;
  INSERT INTO bookings (event_id, id, buyer_id, status, seat_count, total_amount, created_at, hold_expires_at)
    VALUES (event, uuidv7(), gen_random_uuid(), 'HOLD', 1, 4900, clock_timestamp(), clock_timestamp() + interval '1 hour')
    RETURNING id INTO booking;
  INSERT INTO booking_seats (event_id, booking_id, seat_index, booking_status) VALUES (event, booking, seat, 'HOLD');
  UPDATE event_seats SET status = 'HELD', current_booking_id = booking
    WHERE event_id = event AND seat_index = seat AND status = 'AVAILABLE';
END $$`;

export interface PgbenchVariant {
  readonly label: string;
  readonly script: string;
  /** Whether each hold raises the event's version and counter: a row that all holds of an event wait for. */
  readonly countsOnEvent: boolean;
}

const clients = `pgbench, ${PGBENCH_CLIENTS} clients`;
export const pgbenchVariants: readonly PgbenchVariant[] = [
  { label: clients, script: holdStatements(COUNT_ON_EVENT), countsOnEvent: true },
  { label: `${clients}, without the event’s row`, script: holdStatements(''), countsOnEvent: false },
  {
    label: `${clients}, one function call, without the event’s row`,
    script: `${NEXT_SEAT}SELECT bench_hold(:event, :seat);\n`,
    countsOnEvent: false,
  },
];

export function hasPgbench(): boolean {
  return runs('pgbench', ['--version']);
}

/** @throws if a transaction failed. */
export async function runPgbench(
  databaseUrl: string,
  folder: string,
  sql: string,
  eventId: number,
  seconds: number,
): Promise<LoopResult> {
  const script = path.join(folder, 'hold.sql');
  writeFileSync(script, sql);
  const log = path.join(folder, `pgbench-${eventId}`);
  const url = new URL(databaseUrl);
  const flags =
    `-n -M prepared -c ${PGBENCH_CLIENTS} -j 1 -T ${Math.ceil(seconds)} -D event=${eventId} -D n=0 -l`.split(
      ' ',
    );
  const files = ['-f', script, `--log-prefix=${log}`];
  const server = ['-h', url.hostname, '-p', url.port, '-U', url.username, url.pathname.slice(1)];
  // The same planner settings as in Sellout's sessions.
  const env = {
    ...process.env,
    PGPASSWORD: decodeURIComponent(url.password),
    PGOPTIONS: '-c jit=off -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off',
  };
  const { stdout } = await promisify(execFile)('pgbench', [...flags, ...files, ...server], { env });
  const count = (pattern: RegExp) => Number(pattern.exec(stdout)?.[1] ?? Number.NaN);
  if (count(/number of failed transactions: (\d+)/) !== 0) throw new Error(`pgbench failed:\n${stdout}`);
  const held = count(/transactions actually processed: (\d+)/);
  const perSecond = count(/tps = ([\d.]+)/);
  return {
    responses: held,
    held,
    seconds: held / perSecond,
    latenciesMs: readLatencies(folder, path.basename(log)),
  };
}

/** Reads the logs, which have one line per transaction: client, number, microseconds, script, time. */
function readLatencies(folder: string, prefix: string): Float64Array {
  const lines = readdirSync(folder)
    .filter((name) => name.startsWith(prefix))
    .flatMap((name) => readFileSync(path.join(folder, name), 'utf8').trim().split('\n'));
  return Float64Array.from(lines, (line) => Number(line.split(' ')[2]) / 1000).sort();
}

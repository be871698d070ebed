import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadConfig } from '../../src/platform/config/config.ts';
import { table, whole } from '../bench/markdown.ts';
import { listFreeSeats } from '../run/free-seats.ts';
import { startSessions } from '../run/post.ts';
import { getExitStatus, type Check } from '../run/report/verdict.ts';
import { createEvent, startServers } from '../run/target/own-system.ts';
import type { StoredState } from '../run/target/stored-state.ts';
import type { SaleEvent } from '../run/target/target.ts';
import { Attack, type AttackFigures } from './attack.ts';
import { readRefusals, subtractRefusals, type Refusals } from './refusals.ts';

/** The arena: 18,000 seats, holds of five minutes. */
const ARENA = { rows: 180, seatsPerRow: 100, seatLimit: 10, holdTtlMs: 300_000 };
const WINDOW_SECONDS = 300;

interface AttackSize {
  readonly seconds: number;
  /** Guests that the attacker has collected before, over many networks. */
  readonly guests: number;
}

export const attackSizes = {
  full: { seconds: 20, guests: 3_000 },
  small: { seconds: 3, guests: 500 },
} as const satisfies Record<string, AttackSize>;

interface Phase {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly seatsMax: number;
  /** Quota of new guests: what the bucket holds, and gets back over its window. */
  readonly guestsQuota: number;
}

interface PhaseResult extends AttackFigures {
  readonly name: string;
  /** Seats that the database has as held, of those that only this phase wanted. */
  readonly held: number;
  readonly seatsMax: number;
  readonly refusals: Refusals;
}

/**
 * Repeats the attack that once held an arena of 18,000 seats from one address in 5.6 s: first from one address, then from 250
 * addresses of one network, with fresh and with collected guests, forged X-Forwarded-For headers, documents of up to 1,000
 * aliases, and sockets. Fails if more seats are held than the limits allow.
 */
export async function runArenaAttack(
  size: AttackSize,
  command: string,
  out: string,
  print: (line: string) => void,
): Promise<void> {
  print('\narena-attack: one client, then one network, wants all 18,000 seats of an arena.');
  await using servers = await startServers({ apiProcesses: 1, antiProbing: 'on' });
  const { stored, description } = servers;
  const [api] = servers.apis;
  const url = api?.url ?? '';
  const event = await createEvent(stored, ARENA);
  const guests = await startSessions(url, size.guests);
  const results: PhaseResult[] = [];
  const checks: Check[] = [];
  let heldBefore = 0;
  let refusalsBefore = await readRefusals(api?.metricsUrl ?? '');
  for (const phase of listPhases()) {
    const attack = new Attack({ url, event, guests, addresses: phase.addresses });
    const figures = await attack.run(size.seconds);
    const heldNow = await countHeld(stored, event);
    const refusalsNow = await readRefusals(api?.metricsUrl ?? '');
    const refusals = subtractRefusals(refusalsNow, refusalsBefore);
    const result = { ...figures, ...phase, held: heldNow - heldBefore, refusals };
    [heldBefore, refusalsBefore] = [heldNow, refusalsNow];
    results.push(result);
    checks.push(...judgePhase(phase, result));
  }
  const audit = await stored.audit();
  checks.push({ what: 'audit', ok: audit.breaches === 0, found: `${audit.breaches} breaches` });
  for (const { what, ok, found } of checks) print(`  ${ok ? '✓' : '✗'} ${what} (${found})`);
  mkdirSync(out, { recursive: true });
  const file = path.join(out, 'arena-attack.md');
  writeFileSync(file, formatReport(command, description, results, checks));
  print(`  Report: ${path.relative(process.cwd(), file)}`);
  const status = getExitStatus(checks);
  if (status !== 0) process.exitCode = status;
}

/** Returns the phases, whose limits are the defaults of the server. */
function listPhases(): readonly Phase[] {
  const { rateLimits } = loadConfig({
    DATABASE_URL: 'postgres://localhost/x',
    REDIS_URL: 'redis://localhost',
    AUTH_SECRET: 'x'.repeat(32),
  });
  if (rateLimits === null) throw new Error('rate limits are off by default');
  const { heldSeats, guests } = rateLimits;
  return [
    {
      name: 'one address',
      addresses: ['127.9.0.1'],
      seatsMax: heldSeats.address,
      guestsQuota: guests.address,
    },
    {
      name: 'one network of 250 addresses',
      addresses: Array.from({ length: 250 }, (_, i) => `127.9.1.${i + 1}`),
      seatsMax: heldSeats.network,
      guestsQuota: guests.network,
    },
  ];
}

function judgePhase(
  { name, seatsMax, guestsQuota }: Phase,
  { held, seatsWon, guestsStarted, seconds, refusals }: PhaseResult,
): Check[] {
  // While Redis does not answer, the bucket in the process gets tokens back, as the one in Redis does.
  const buckets = refusals.checksWithoutRedis === 0 ? 1 : 2;
  const guestsMax = Math.ceil(guestsQuota * (1 + (buckets * seconds) / WINDOW_SECONDS));
  return [
    { what: `${name}: at most ${seatsMax} seats held`, ok: held <= seatsMax, found: `${held} held` },
    // Otherwise the attack itself would be too weak to show anything.
    { what: `${name}: the attack reaches the limit`, ok: held > seatsMax - 10, found: `${held} held` },
    {
      what: `${name}: it knows of every seat`,
      ok: held === seatsWon,
      found: `${seatsWon} won, ${held} held`,
    },
    {
      what: `${name}: at most ${guestsMax} new guests`,
      ok: guestsStarted <= guestsMax,
      found: `${guestsStarted} started`,
    },
  ];
}

async function countHeld(stored: StoredState, event: SaleEvent): Promise<number> {
  const { states } = await stored.readMap(event.number);
  return event.seatCount - listFreeSeats(states, event.seatCount).length;
}

function formatReport(
  command: string,
  system: string,
  results: readonly PhaseResult[],
  checks: readonly Check[],
): string {
  const rows = results.map((result) => [
    result.name,
    result.seconds.toFixed(1),
    whole(result.calls),
    whole(result.refused),
    whole(result.guestsStarted),
    whole(result.held),
    whole(result.seatsMax),
    whole(result.refusals.checksWithoutRedis),
  ]);
  const header = [
    'attack from',
    'seconds',
    'calls',
    'refused',
    'new guests',
    'seats held',
    'limit',
    'checks without Redis',
  ];
  const refusals = results.flatMap(({ name, refusals: { byLimit } }) =>
    [...byLimit].map(([limit, count]) => [name, limit, whole(count)]),
  );
  return [
    '# Load test: arena-attack',
    'One client, then one network, wants all 18,000 seats of an arena: with fresh and collected guests, forged X-Forwarded-For headers, documents of up to 1,000 aliases, and sockets.',
    `\`${command}\`, on ${system}.`,
    table(header, rows),
    'What refused calls, by `sellout_rate_limited_total`. A refused request contains calls that are not counted.',
    table(['attack from', 'limit', 'refusals'], refusals),
    table(
      ['check', 'result', 'found'],
      checks.map(({ what, ok, found }) => [what, ok ? 'ok' : 'FAILED', found]),
    ),
    '',
  ].join('\n\n');
}

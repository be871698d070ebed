import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../../scripts/local/command.ts';
import { pause } from '../support/pause.ts';
import type { Incident, View } from './incidents.ts';
import type { Prometheus } from './prometheus.ts';
import { startSystem, type System } from './system.ts';
import { Traffic } from './traffic.ts';

const BASELINE_MS = 30_000;
const FIRES_WITHIN_MS = 240_000;
const OVER_WITHIN_MS = 120_000;
const POLL_MS = 1_000;

type Print = (line: string) => void;

/** The shares that the service level objectives are about. */
const objectives: readonly View[] = [
  {
    label: 'N2: holds that expire within 2 s',
    query: good('sellout_hold_expiration_delay_seconds', '', '2'),
  },
  { label: 'N3: messages within 1 s', query: good('sellout_commit_to_socket_seconds', '', '1') },
  {
    label: 'N6: holds within 500 ms',
    query: good('sellout_command_duration_seconds', 'kind="hold",', '0.5'),
  },
  {
    label: 'N12: requests without 5xx',
    query:
      '1 - (sum(sellout_http_requests_total{status="5xx"}) or vector(0)) / sum(sellout_http_requests_total)',
  },
];

function good(metric: string, labels: string, le: string): string {
  const { length } = labels;
  return `sum(${metric}_bucket{${labels}le="${le}"}) / sum(${metric}_count${length > 0 ? `{${labels}}` : ''})`;
}

/**
 * Starts a system with traffic, causes the incident, waits for its alerts, repairs it as the runbook says, and waits for its
 * end. Returns whether everything happened, no request was lost and the audit is clean.
 */
export async function rehearse(incident: Incident, program: string, print: Print): Promise<boolean> {
  await using system = await startSystem(program);
  const { prometheus } = system;
  let isGood = true;
  const check = (holds: boolean, what: string) => {
    print(`${holds ? 'ok  ' : 'FAIL'} ${what}`);
    isGood &&= holds;
  };
  {
    await using traffic = await Traffic.start(system);
    print(`${incident.title}: two API processes, a worker, 12 buyers and 60 watchers`);
    await pause(BASELINE_MS);
    print(`\nBefore, after ${BASELINE_MS / 1000} s of traffic:`);
    await show(prometheus, [...objectives, ...incident.views], print);
    check((await prometheus.readAlerts()).length === 0, 'no alert rule is true');

    const cause = await incident.cause(system);
    print('\nThe fault begins. Alerts by the time since then:');
    const fired = await awaitAlerts(prometheus, incident.alerts, print);
    print('\nThe operator looks at what the runbook names:');
    await show(prometheus, incident.views, print);
    check(fired, `${incident.alerts.join(', ')} fired`);

    print('\nThe repair:');
    for (const step of await incident.repair(system)) print(`  ${step}`);
    print(`  The cause was: ${cause}.`);
    const overAfter = await awaitEnd(prometheus, incident.over);
    check(overAfter !== null, `over ${overAfter ?? OVER_WITHIN_MS / 1000} s after the repair:`);
    await show(prometheus, incident.over, print);

    const { holds, refused, retries, failures, messages, reconnects } = traffic;
    print(
      `\nClients: ${holds} holds, ${refused} refused, ${retries} requests sent again; ${messages} messages, ${reconnects} sockets opened again`,
    );
    check(failures === 0, 'no request failed on every attempt');
  }
  const audit = await runAudit(system);
  check(audit === 0, `npm run audit exits with ${audit}`);
  return isGood;
}

async function show(prometheus: Prometheus, views: readonly View[], print: Print): Promise<void> {
  for (const { label, query } of views) {
    const values = await prometheus.query(query);
    const text = values.map((found) => `${found.labels} ${format(found.value)}`.trim()).join(', ');
    print(`  ${label.padEnd(42)} ${text === '' ? '-' : text}`);
  }
}

function format(value: number): string {
  return value >= 0.9 && value < 1 ? value.toFixed(4) : String(Number(value.toPrecision(3)));
}

/** Prints when each alert becomes pending and fires. Returns whether the expected ones fired in time. */
async function awaitAlerts(
  prometheus: Prometheus,
  expected: readonly string[],
  print: Print,
): Promise<boolean> {
  const startedAt = performance.now();
  const seen = new Set<string>();
  const missing = new Set(expected);
  while (missing.size > 0) {
    const elapsedMs = performance.now() - startedAt;
    if (elapsedMs > FIRES_WITHIN_MS) return false;
    for (const { name, instance, state } of await prometheus.readAlerts()) {
      if (state === 'firing') missing.delete(name);
      const line = `${name}${instance === '' ? '' : ` (${instance})`} ${state === 'firing' ? 'fires' : 'is true'}`;
      if (!seen.has(line)) print(`  ${(elapsedMs / 1000).toFixed(0).padStart(4)} s  ${line}`);
      seen.add(line);
    }
    await pause(POLL_MS);
  }
  return true;
}

/** Returns the seconds until every condition holds, or null if they do not in time. */
async function awaitEnd(prometheus: Prometheus, over: Incident['over']): Promise<number | null> {
  const startedAt = performance.now();
  for (;;) {
    const results = await Promise.all(
      over.map(async ({ query, max }) => {
        const values = await prometheus.query(query);
        return values.length > 0 && values.every(({ value }) => value <= max);
      }),
    );
    const elapsedMs = performance.now() - startedAt;
    if (results.every(Boolean)) return Math.round(elapsedMs / 1000);
    if (elapsedMs > OVER_WITHIN_MS) return null;
    await pause(POLL_MS);
  }
}

async function runAudit({ databaseUrl, redisUrl }: System): Promise<number> {
  const env = { ...process.env, DATABASE_URL: databaseUrl, REDIS_URL: redisUrl };
  return promisify(execFile)(process.execPath, [path.join(ROOT, 'scripts/audit.ts')], { env }).then(
    () => 0,
    (error: unknown) => (error as { code?: number }).code ?? 1,
  );
}

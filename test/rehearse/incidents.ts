import { readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { ROOT } from '../../scripts/local/command.ts';
import type { System } from './system.ts';

/** Something that the operator looks up in Prometheus. */
export interface View {
  readonly label: string;
  readonly query: string;
}

export interface Incident {
  readonly title: string;
  /** Alerts that must fire. */
  readonly alerts: readonly string[];
  /** What the section of the runbook says to look at. */
  readonly views: readonly View[];
  /** What the section says shows the end: each query has at least one value, and each value is at most `max`. */
  readonly over: readonly (View & { readonly max: number })[];
  /** Breaks something. Returns what an operator does not know. */
  cause(system: System): Promise<string>;
  /** Does what the runbook says. Returns each step. */
  repair(system: System): Promise<readonly string[]>;
}

const holdSeconds =
  'histogram_quantile(0.99, sum by (le) (rate(sellout_command_duration_seconds_bucket{kind="hold"}[30s])))';
const toSocketSeconds =
  'histogram_quantile(0.99, sum by (le, instance) (rate(sellout_commit_to_socket_seconds_bucket[30s])))';
const gaps = 'sum by (instance) (rate(sellout_feed_gaps_total[30s]))';

const holdsAreSlow: Incident = {
  title: 'Holds are slow',
  alerts: ['SelloutHoldsSlowBurnFast', 'SelloutBatchRetries'],
  views: [
    { label: 'broken invariants', query: 'sum by (invariant) (sellout_invariant_breaches) > 0' },
    { label: '99th percentile of holds, s', query: holdSeconds },
    {
      label: '99th percentile of the phases, s',
      query:
        'histogram_quantile(0.99, sum by (le, phase) (rate(sellout_batch_phase_duration_seconds_bucket[30s])))',
    },
    { label: 'retries per second', query: 'sum by (sqlstate) (rate(sellout_batch_retries_total[30s])) > 0' },
    { label: 'commands that wait', query: 'sum by (instance) (sellout_queued_commands)' },
    { label: 'event loop lag, s', query: 'max(nodejs_eventloop_lag_p99_seconds)' },
  ],
  over: [
    { label: '99th percentile of holds, s', query: holdSeconds, max: 0.5 },
    { label: 'commands that wait', query: 'sum(sellout_queued_commands)', max: 100 },
  ],
  async cause({ databaseUrl }) {
    const client = new pg.Client({ connectionString: databaseUrl, application_name: 'psql' });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('BEGIN');
    await client.query('SELECT * FROM event_seats FOR UPDATE');
    return 'someone looked at the seats with FOR UPDATE, and left psql open';
  },
  async repair({ databaseUrl }) {
    const [find = '', end = ''] = readRunbookSql('Find a blocking session');
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    try {
      const { rows } = await client.query<{ pid: number; application_name: string; state: string }>(find);
      for (const { pid } of rows) await client.query(end.replace('PID', String(pid)));
      return rows.map(
        ({ pid, application_name: name, state }) => `blocking session ${pid}, ${name}, ${state}: terminated`,
      );
    } finally {
      await client.end();
    }
  },
};

const staleMap: Incident = {
  title: 'A map is stale',
  alerts: ['SelloutRedisDown', 'SelloutPublishingFails', 'SelloutFeedGaps'],
  views: [
    { label: 'connections to Redis that work', query: 'min by (instance) (sellout_redis_up)' },
    { label: 'maps repaired per second', query: gaps },
    { label: '99th percentile from COMMIT to socket, s', query: toSocketSeconds },
    { label: '99th percentile of holds, s', query: holdSeconds },
    { label: 'event loop lag, s', query: 'max by (instance) (nodejs_eventloop_lag_p99_seconds)' },
  ],
  over: [
    { label: 'maps repaired per second', query: `max(${gaps})`, max: 0 },
    { label: '99th percentile from COMMIT to socket, s', query: toSocketSeconds, max: 1 },
    { label: 'connections to Redis that do not work', query: 'sum(1 - sellout_redis_up)', max: 0 },
  ],
  cause({ redisLine }) {
    redisLine.stalled = true;
    return Promise.resolve('a firewall holds back everything that api-2 sends to Redis');
  },
  repair({ redisLine }) {
    redisLine.stalled = false;
    return Promise.resolve([
      'Redis is down only to api-2, so Redis works: repaired the line between the two',
    ]);
  },
};

const subscribers = 'sum by (instance) (sellout_shared_subscribers)';

const nodeDrains: Incident = {
  title: 'A node drains',
  alerts: ['SelloutDown'],
  views: [
    { label: 'processes that answer', query: 'max by (instance) (up)' },
    { label: 'subscribers of live maps', query: subscribers },
    { label: '99th percentile of holds, s', query: holdSeconds },
    {
      label: 'requests with 5xx per second',
      query: 'sum by (instance) (rate(sellout_http_requests_total{status="5xx"}[30s]))',
    },
  ],
  over: [
    { label: 'processes that do not answer', query: 'sum(1 - up)', max: 0 },
    { label: '99th percentile of holds, s', query: holdSeconds, max: 0.5 },
  ],
  cause({ apis }) {
    void apis['api-2'].stop();
    return Promise.resolve('someone sent SIGTERM to api-2, and no supervisor starts it again');
  },
  async repair({ apis }) {
    const api = apis['api-2'];
    const ended = `api-2 exited with status ${api.exitCode}, so it was told to stop`;
    await api.start();
    const { status } = await fetch(`${api.url}/ready`);
    return [ended, `started it again; /ready returns ${status}`];
  },
};

export const incidents: Readonly<Record<string, Incident>> = {
  'holds-are-slow': holdsAreSlow,
  'stale-map': staleMap,
  'node-drains': nodeDrains,
};

/** Returns the statements in a section of the runbook. */
function readRunbookSql(heading: string): readonly string[] {
  const text = readFileSync(path.join(ROOT, 'docs/operations.md'), 'utf8');
  const section = text.slice(text.indexOf(`### ${heading}\n`));
  const [, sql = ''] = /```sql\n([^]*?)```/.exec(section) ?? [];
  return sql.split(';').map((statement) => statement.trim());
}

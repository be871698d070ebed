import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import { parse } from 'yaml';

/** The alert rules of the repository. */
export const rulesFile = path.resolve(import.meta.dirname, '../../deploy/prometheus/rules.yaml');

/** One scrape of all processes. */
export interface Scrape {
  /** Unix time in seconds. */
  readonly at: number;
  /** The text of each target, by instance (`api-1`, `worker`); null if the target did not answer. */
  readonly targets: Readonly<Record<string, string | null>>;
}

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
}

const rules = (
  parse(readFileSync(rulesFile, 'utf8')) as { groups: readonly { rules: readonly Rule[] }[] }
).groups.flatMap((group) => group.rules);

/** The names of all alerts. */
export const alertNames = rules.flatMap(({ alert }) => alert ?? []);

/** Returns the output of promtool. @throws if it reports an error. */
export async function promtool(...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)('promtool', [...args]).catch((error: unknown) => {
    const { stdout: out, stderr: err } = error as { stdout: string; stderr: string };
    throw new Error(`${out}\n${err}`, { cause: error });
  });
  return `${stdout}\n${stderr}`;
}

/**
 * Evaluates the rules over scrapes, as if they were `minutesApart`, and checks that of the alerts whose names match
 * `among`, exactly `alerts` have fired.
 *
 * @throws if not.
 */
export async function expectFired(
  scrapes: readonly Scrape[],
  alerts: readonly string[],
  {
    among = alerts.join('|'),
    minutesApart = 1,
  }: { readonly among?: string; readonly minutesApart?: number } = {},
): Promise<void> {
  const firing = `max_over_time(ALERTS{alertstate="firing",alertname=~"${among}"}[1d])`;
  const test = {
    rule_files: [rulesFile],
    evaluation_interval: '15s',
    tests: [
      {
        interval: `${minutesApart}m`,
        input_series: toSeries(scrapes, minutesApart * 60),
        promql_expr_test: [
          {
            expr: `count by (alertname) (${firing}) > bool 0`,
            eval_time: `${(scrapes.length - 1) * minutesApart}m`,
            exp_samples: alerts.map((alertname) => ({ labels: `{alertname="${alertname}"}`, value: 1 })),
          },
        ],
      },
    ],
  };
  // JSON is also YAML.
  const file = path.join(mkdtempSync(path.join(inject('scratchFolder'), 'promtool-')), 'test.yaml');
  writeFileSync(file, JSON.stringify(test));
  const output = await promtool('test', 'rules', file);
  if (!output.includes('SUCCESS')) throw new Error(output);
}

/** Returns the names of the metrics that an alert is computed from, through recorded results. */
export function listMetrics(alert: string): readonly string[] {
  const find = (name: string): string[] => {
    const { expr = '' } = rules.find((rule) => rule.alert === name || rule.record === name) ?? {};
    const names = expr.match(/\b(?:sellout|nodejs)[a-z0-9_:]*[a-z0-9]|\bup\b/g) ?? [];
    return names.flatMap((found) => (found.includes(':') ? find(found) : found));
  };
  return [...new Set(find(alert))];
}

/** Returns the series of all scrapes, with a gap if a scrape lacks a series. */
export function toSeries(
  scrapes: readonly Scrape[],
  secondsApart: number,
): readonly { readonly series: string; readonly values: string }[] {
  const values = new Map<string, string[]>();
  const add = (i: number, series: string, value: string) => {
    const row = values.get(series) ?? scrapes.map(() => '_');
    row[i] = value;
    values.set(series, row);
  };
  for (const [i, { targets }] of scrapes.entries()) {
    for (const [instance, text] of Object.entries(targets)) {
      const target = `job="sellout-${instance.replace(/-\d+$/, '')}",instance="${instance}"`;
      add(i, `up{${target}}`, text === null ? '0' : '1');
      for (const [, name = '', labels = '', value = ''] of (text ?? '').matchAll(
        /^(\w+)(?:\{(.*)\})? (\S+)$/gm,
      )) {
        const isTime = name.endsWith('_timestamp_seconds');
        const moved = isTime ? String(toAssumedTime(Number(value), scrapes, secondsApart)) : value;
        add(i, `${name}{${labels === '' ? target : `${labels},${target}`}}`, moved);
      }
    }
  }
  return [...values].map(([series, row]) => ({ series, values: row.join(' ') }));
}

/** Moves a point in time between two scrapes to the clock of the evaluation, on which the first scrape is at 0. */
function toAssumedTime(time: number, scrapes: readonly Scrape[], secondsApart: number): number {
  const next = scrapes.findIndex(({ at }) => time <= at);
  const [before, after] = [scrapes[next - 1]?.at, scrapes[next]?.at];
  if (before === undefined || after === undefined) return time - (scrapes[0]?.at ?? 0);
  return (next - 1 + (time - before) / (after - before)) * secondsApart;
}

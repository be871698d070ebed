import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';

/** The alert rules of the repository. */
export const rulesFile = path.resolve(import.meta.dirname, '../../deploy/prometheus/rules.yaml');

/** Whether promtool is in PATH. Debian has it in the package `prometheus`. */
export const hasPromtool = isInPath('promtool');

/** The text of one scrape of each process, by job. */
export type Scrape = Readonly<Record<string, string>>;

function isInPath(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Returns the output of promtool. @throws if it reports an error. */
export async function promtool(...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)('promtool', [...args]).catch((error: unknown) => {
    const { stdout: out, stderr: err } = error as { stdout: string; stderr: string };
    throw new Error(`${out}\n${err}`, { cause: error });
  });
  return `${stdout}\n${stderr}`;
}

/**
 * Evaluates the rules over scrapes, as if they were a minute apart, and checks that of the alerts whose names match
 * `among`, exactly `alerts` fire at the last scrape.
 *
 * @returns `SUCCESS`. @throws if not.
 */
export async function evaluateAlerts(
  scrapes: readonly Scrape[],
  alerts: readonly string[],
  among = alerts.join('|'),
): Promise<string> {
  const firing = `ALERTS{alertstate="firing",alertname=~"${among}"}`;
  const test = {
    rule_files: [rulesFile],
    evaluation_interval: '15s',
    tests: [
      {
        interval: '1m',
        input_series: toSeries(scrapes),
        promql_expr_test: [
          {
            expr: `count by (alertname) (${firing}) > bool 0`,
            eval_time: `${scrapes.length - 1}m`,
            exp_samples: alerts.map((alertname) => ({ labels: `{alertname="${alertname}"}`, value: 1 })),
          },
        ],
      },
    ],
  };
  // JSON is also YAML.
  const file = path.join(mkdtempSync(path.join(inject('scratchFolder'), 'promtool-')), 'test.yaml');
  writeFileSync(file, JSON.stringify(test));
  return promtool('test', 'rules', file);
}

/** Returns the series of all scrapes, with a gap where a scrape lacks a series. */
function toSeries(scrapes: readonly Scrape[]): readonly { series: string; values: string }[] {
  const values = new Map<string, string[]>();
  for (const [i, scrape] of scrapes.entries()) {
    for (const [job, text] of Object.entries(scrape)) {
      for (const [, name, labels = '', value = ''] of text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)) {
        const target = `job="${job}",instance="${job}:9464"`;
        const series = `${name}{${labels === '' ? target : `${labels},${target}`}}`;
        const row = values.get(series) ?? scrapes.map(() => '_');
        row[i] = value;
        values.set(series, row);
      }
    }
  }
  return [...values].map(([series, row]) => ({ series, values: row.join(' ') }));
}

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../scripts/local/command.ts';
import { freePort } from '../../scripts/local/ports.ts';
import { waitUntil } from '../../scripts/local/processes.ts';

const READY_WITHIN_MS = 20_000;

export interface Target {
  readonly job: string;
  readonly instance: string;
  readonly port: number;
}

export interface Alert {
  readonly name: string;
  readonly instance: string;
  readonly state: 'pending' | 'firing';
}

/** Returns the program. @throws if there is none, with a message that says how to get it. */
export function findPrometheus(given: string | undefined): string {
  const program = given ?? 'prometheus';
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return program;
  } catch {
    throw new Error(
      `The rehearsal needs Prometheus, and ${given === undefined ? 'PATH has no prometheus' : `PROMETHEUS=${given} does not run`}.\n` +
        'Install it (Debian, Ubuntu: apt-get install prometheus), or set PROMETHEUS to the program.',
    );
  }
}

/** A Prometheus with the alert rules of deploy/, that scrapes the targets every two seconds. */
export class Prometheus implements AsyncDisposable {
  readonly #url: string;
  readonly #stop: () => Promise<void>;

  private constructor(url: string, stop: () => Promise<void>) {
    this.#url = url;
    this.#stop = stop;
  }

  static async start(program: string, folder: string, targets: readonly Target[]): Promise<Prometheus> {
    mkdirSync(folder, { recursive: true });
    const config = path.join(folder, 'prometheus.yml');
    // JSON is also YAML.
    writeFileSync(config, JSON.stringify(toConfig(targets)));
    const log = openSync(path.join(folder, 'prometheus.log'), 'w');
    const address = `127.0.0.1:${await freePort()}`;
    const args = [
      `--config.file=${config}`,
      `--storage.tsdb.path=${path.join(folder, 'data')}`,
      `--web.listen-address=${address}`,
    ];
    const child = spawn(program, args, { stdio: ['ignore', log, log] });
    const killWithUs = () => child.kill('SIGKILL');
    process.once('exit', killWithUs);
    const prometheus = new Prometheus(`http://${address}`, async () => {
      process.off('exit', killWithUs);
      const ended = once(child, 'exit');
      if (child.exitCode === null && child.kill('SIGKILL')) await ended;
    });
    const isReady = () =>
      fetch(`${prometheus.#url}/-/ready`)
        .then(({ ok }) => ok)
        .catch(() => false);
    if (!(await waitUntil(isReady, READY_WITHIN_MS))) {
      await prometheus.#stop();
      throw new Error(`${program} did not start`);
    }
    return prometheus;
  }

  /** Returns the value of each series, by its labels; NaN values are left out. */
  async query(expression: string): Promise<readonly { readonly labels: string; readonly value: number }[]> {
    const { result } = await this.#get<{
      result: readonly { metric: Readonly<Record<string, string>>; value: readonly [number, string] }[];
    }>(`query?query=${encodeURIComponent(expression)}`);
    return result
      .map(({ metric, value }) => ({ labels: Object.values(metric).join(' '), value: Number(value[1]) }))
      .filter(({ value }) => !Number.isNaN(value));
  }

  /** Returns the alerts whose rule is true. */
  async readAlerts(): Promise<readonly Alert[]> {
    const { alerts } = await this.#get<{
      alerts: readonly { labels: Readonly<Record<string, string>>; state: Alert['state'] }[];
    }>('alerts');
    return alerts.map(({ labels: { alertname = '', instance = '' }, state }) => ({
      name: alertname,
      instance,
      state,
    }));
  }

  async #get<T>(resource: string): Promise<T> {
    const response = await fetch(`${this.#url}/api/v1/${resource}`);
    const { data, error } = (await response.json()) as { data?: T; error?: string };
    if (data === undefined) throw new Error(`Prometheus: ${error ?? response.status}`);
    return data;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
  }
}

function toConfig(targets: readonly Target[]): unknown {
  const jobs = [...new Set(targets.map(({ job }) => job))];
  return {
    global: { scrape_interval: '2s', evaluation_interval: '5s' },
    rule_files: [path.join(ROOT, 'deploy/prometheus/rules.yaml')],
    scrape_configs: jobs.map((job) => ({
      job_name: job,
      static_configs: targets
        .filter((target) => target.job === job)
        .map(({ port, instance }) => ({ targets: [`127.0.0.1:${port}`], labels: { instance } })),
    })),
  };
}

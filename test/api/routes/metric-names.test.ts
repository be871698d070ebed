import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorker, type RunningWorker } from '../../../src/main/worker.ts';
import { alertNames, promtool, rulesFile } from '../../support/promtool.ts';
import { promtoolVersion } from '../../support/promtool-version.ts';
import { startHttp, type HttpFixture } from '../http/http.fixture.ts';

const repository = path.resolve(import.meta.dirname, '../../..');
const dashboards = readdirSync(path.join(repository, 'deploy/grafana'))
  .filter((name) => name.endsWith('.json'))
  .map((name) => `deploy/grafana/${name}`);
const documents = ['docs/operations.md', 'docs/http.md', 'docs/benchmarks.md', 'README.md'];
const read = (file: string) => readFileSync(path.join(repository, file), 'utf8');
const rules = readFileSync(rulesFile, 'utf8');

let http: HttpFixture;
let worker: RunningWorker;
/** Every name of a series that the process serves. */
let served: Set<string>;

beforeAll(async () => {
  http = await startHttp({ METRICS_PORT: '0' });
  worker = await startWorker(http.context.config);
  const text = await (await fetch(`http://127.0.0.1:${worker.metricsPort}/metrics`)).text();
  served = new Set(
    [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].flatMap(([, name = '', type]) =>
      type === 'histogram' ? [name, ...['bucket', 'sum', 'count'].map((part) => `${name}_${part}`)] : [name],
    ),
  );
});

afterAll(async () => {
  await worker.stop();
  await http.close();
});

/** Returns the metrics that a text names. Results of recording rules contain a colon and are not metrics. */
function findMetrics(text: string): string[] {
  const names = text.match(/(?<![\w:])(?:sellout|nodejs|process)_[a-z0-9_]*[a-z0-9](?![\w*:])/g);
  return [...new Set(names)];
}

describe('metrics that are named', () => {
  it.each(['deploy/prometheus/rules.yaml', ...dashboards, ...documents])('in %s exist', (file) => {
    const names = findMetrics(read(file));
    if (file.startsWith('deploy/')) expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !served.has(name))).toEqual([]);
  });

  it('in dashboards as results of recording rules are recorded', () => {
    const used = dashboards.flatMap((file) => read(file).match(/sellout:\w+:\w+/g) ?? []);
    expect(used.length).toBeGreaterThan(0);
    const recorded = new Set([...rules.matchAll(/record: (\S+)/g)].map(([, name]) => name));
    expect(used.filter((name) => !recorded.has(name))).toEqual([]);
  });

  it('are all described in the operations guide', () => {
    const described = new Set(findMetrics(read('docs/operations.md')));
    const own = [...served].filter(
      (name) => name.startsWith('sellout_') && !/_(bucket|sum|count)$/.test(name),
    );
    expect(own.filter((name) => !described.has(name))).toEqual([]);
  });
});

describe('alerts', () => {
  it('are all described in the operations guide, and no others', () => {
    const described = read('docs/operations.md').match(/`Sellout[A-Z]\w+`/g) ?? [];
    const names = described.map((name) => name.slice(1, -1));
    expect(new Set(names)).toEqual(new Set(alertNames));
  });

  it('are all fired by a fault in a test', () => {
    const folder = path.join(repository, 'test/faults');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ts'),
    );
    const tests = files.map((name) => readFileSync(path.join(folder, name), 'utf8'));
    expect(alertNames.filter((name) => !tests.some((text) => text.includes(`'${name}'`)))).toEqual([]);
  });

  it('name their section of the operations guide', () => {
    const guide = read('docs/operations.md');
    const headings = [...guide.matchAll(/^### (.*)\n\n(.*)$/gm)].map(
      ([, heading = '', names = '']) => [heading.toLowerCase().replaceAll(' ', '-'), names] as const,
    );
    const sections = [...rules.matchAll(/alert: (\w+)[^]*?runbook: docs\/operations\.md#(\S+)/g)];
    expect(sections.map(([, alert]) => alert)).toEqual(alertNames);
    for (const [, alert = '', anchor = ''] of sections)
      expect(headings.find(([heading]) => heading === anchor)?.[1]).toContain(`\`${alert}\``);
  });

  it('are valid to promtool, if it is installed', async () => {
    if (promtoolVersion === null) return;
    expect(await promtool('check', 'rules', '--lint-fatal', rulesFile)).toContain('SUCCESS');
  });
});

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { benchmarks } from '../../../loadtest/bench/benchmarks.ts';
import { capacityInputs, type Input } from '../../../loadtest/capacity/inputs.ts';
import { renderInputs, renderPlan, renderUnknown } from '../../../loadtest/capacity/report.ts';
import { defaultDemand, demandNames, demandOptions, toOption } from '../../../loadtest/capacity/demand.ts';
import { getUsage } from '../../../scripts/bootstrap/usages.mjs';
import { ROOT } from '../../../scripts/local/command.ts';

const inputs = Object.entries(capacityInputs as Readonly<Record<string, Input>>);
const measured = inputs.filter(([, { machine }]) => machine !== undefined);
const configured = inputs.filter(([, { machine }]) => machine === undefined);

it.each(measured)('%s names the command and the machine that measured it', (_name, input) => {
  expect(input.source).toBe('npm run capacity -- --measure');
  expect(input.machine).toMatch(/^\d+ × .+, Node \d+\.\d+\.\d+, PostgreSQL \d+\.\d+, load \d+\.\d before$/);
});

it.each(configured)('%s is what its file configures', (_name, { source, value }) => {
  const [, file = '', text = ''] = /^([\w./-]+): (.+)$/.exec(source) ?? [];
  expect(readFileSync(path.join(ROOT, file), 'utf8')).toContain(text);
  const numbers = [...text.matchAll(/\d+/g)].map(([number]) => Number(number));
  expect(numbers.reduce((total, number) => total + number, 0)).toBe(value);
});

it('names only benchmarks that exist', () => {
  const known = benchmarks.map(({ name }) => `npm run bench -- --only ${name}`);
  const named = inputs.flatMap(([, { benchmark }]) => benchmark ?? []);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((benchmark) => !known.includes(benchmark))).toEqual([]);
});

it('prints every input, and the command that prints a plan', () => {
  const table = renderInputs();
  for (const [name] of inputs) expect(table).toContain(`\`${name}\``);
  expect(renderPlan({ ...defaultDemand, users: 5, watchersShare: 0.5 })).toContain(
    '`npm run capacity -- --users 5 --watchers-share 0.5`',
  );
});

it('says where there is no figure', () => {
  expect(renderUnknown()).toMatch(/memory of the kernel per socket .*no figure yet/);
});

it('documents every option with its default', () => {
  for (const name of demandNames)
    expect(getUsage('capacity')).toMatch(
      new RegExp(
        `--${toOption(name)} +${demandOptions[name].meaning}; default: ${demandOptions[name].default}\\n`,
      ),
    );
});

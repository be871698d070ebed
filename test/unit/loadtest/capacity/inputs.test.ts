import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { benchmarks } from '../../../../loadtest/bench/benchmarks.ts';
import {
  inputEntries,
  readInputs,
  resolveInput,
  toCosts,
  type InputEntry,
} from '../../../../loadtest/capacity/inputs.ts';
import { checkLoadTests } from '../../../../loadtest/capacity/model/check-load-tests.ts';
import { renderInputs } from '../../../../loadtest/capacity/report/tables.ts';
import {
  defaultSale,
  readSale,
  saleNames,
  saleOptions,
  toCommand,
  toOption,
} from '../../../../loadtest/capacity/sale/sale.ts';
import { getUsage } from '../../../../scripts/bootstrap/usages.mjs';
import { ROOT } from '../../../../scripts/local/command.ts';
import { costs } from './costs.ts';

const entries = Object.entries(inputEntries as Readonly<Record<string, InputEntry>>);
const measured = entries.filter(([, { machine }]) => machine !== undefined);
const configured = entries.filter(
  ([, { machine, benchmark }]) => machine === undefined && benchmark === undefined,
);
const page = `<!-- bench:http -->

_2 cores; 5 rounds. Medians._

| server | per s |       µs |
| ------ | ----: | -------: |
| bare   | 1,234 | 5.6 (5–7) |

### Later

| server | per s |
| ------ | ----: |
| bare   |    99 |

A socket takes 7.5 KB.

<!-- /bench:http -->`;
const entry = { unit: 'µs', meaning: 'cost', benchmark: 'http' };

describe('an input of a benchmark', () => {
  it('is read from the row and column of its table, without the spread', () => {
    expect(resolveInput('a', { ...entry, cell: { row: 'bare', column: 'µs' } }, page)).toEqual({
      value: 5.6,
      unit: 'µs',
      meaning: 'cost',
      source: 'npm run bench -- --only http',
      machine: '2 cores; 5 rounds. Medians',
    });
    const value = (more: Partial<InputEntry>) => resolveInput('a', { ...entry, ...more }, page).value;
    expect(value({ cell: { row: 'bare', column: 'per s' } })).toBe(1_234);
    expect(value({ cell: { row: 'bare', column: 'per s', after: 'Later' } })).toBe(99);
    expect(value({ text: 'takes ([\\d.]+) KB', scale: 1_024 })).toBe(7_680);
  });

  it.each<Partial<InputEntry>>([
    { cell: { row: 'gone', column: 'µs' } },
    { cell: { row: 'bare', column: 'gone' } },
    { cell: { row: 'bare', column: 'µs', after: 'Later' } },
    { text: 'takes ([\\d.]+) MB' },
    { benchmark: 'gone', cell: { row: 'bare', column: 'µs' } },
  ])('is missed by name: %j', (more) => {
    expect(() => resolveInput('cpu', { ...entry, ...more }, page)).toThrow(/^cpu is not in the tables of/);
  });

  it('exists in docs/benchmarks.md, positive, with its machine', () => {
    const inputs = readInputs();
    for (const [name, { benchmark }] of entries) {
      if (benchmark === undefined) continue;
      expect(benchmarks.map((known) => known.name)).toContain(benchmark);
      const input = inputs[name as keyof typeof inputs];
      expect([name, input.value > 0, input.machine]).toEqual([name, true, expect.stringMatching(/^\d+ × /)]);
    }
  });
});

it.each(measured)('%s names the command and the machine that measured it', (_name, input) => {
  expect(input.source).toBe('npm run capacity -- --measure');
  expect(input.machine).toMatch(/^\d+ × .+, Node \d+\.\d+\.\d+, PostgreSQL \d+\.\d+, load \d+\.\d before$/);
});

it.each(configured)('%s is what its file configures', (_name, { source, value }) => {
  const [, file = '', text = ''] = /^([\w./-]+): (.+)$/.exec(source ?? '') ?? [];
  expect(readFileSync(path.join(ROOT, file), 'utf8')).toContain(text);
  const numbers = [...text.matchAll(/\d+/g)].map(([number]) => Number(number));
  expect(numbers.reduce((total, number) => total + number, 0)).toBe(value);
});

it('the inputs are those that the model knows, and all are printed', () => {
  const inputs = readInputs();
  expect(Object.keys(inputs).toSorted()).toEqual(Object.keys(costs).toSorted());
  const table = renderInputs(inputs);
  for (const [name] of entries) expect(table).toContain(`\`${name}\``);
});

it('the load tests used no less than half and no more than three times what the model computes', () => {
  const loadTests = readFileSync(path.join(ROOT, 'docs/load-tests.md'), 'utf8');
  for (const { scenario, apiSeconds, postgresSeconds } of checkLoadTests(loadTests, toCosts(readInputs())))
    for (const { model, measured: seconds } of [apiSeconds, postgresSeconds])
      expect([scenario, seconds / model > 0.5 && seconds / model < 3]).toEqual([scenario, true]);
});

describe('the options of npm run capacity', () => {
  it('are documented with their defaults, which are in their ranges', () => {
    expect(readSale({})).toEqual(defaultSale);
    for (const name of saleNames) {
      const { default: value, min, max, meaning } = saleOptions[name];
      expect([name, value >= min && value <= max]).toEqual([name, true]);
      expect(getUsage('capacity')).toMatch(
        new RegExp(`--${toOption(name)} +${meaning}; default: ${value}\\n`),
      );
    }
  });

  it('replace the defaults, and are in the command that a report names', () => {
    const sale = readSale({ arrivals: '5e6', 'lobby-share': '0.9' });
    expect(sale).toEqual({ ...defaultSale, arrivals: 5e6, lobbyShare: 0.9 });
    expect(toCommand(sale)).toBe('npm run capacity -- --arrivals 5000000 --lobby-share 0.9');
    expect(toCommand(defaultSale)).toBe('npm run capacity');
  });

  it.each([
    [{ arrivals: 'many' }, '--arrivals must be a whole number'],
    [{ arrivals: '' }, '--arrivals must be a whole number'],
    [{ arrivals: '1.5' }, '--arrivals must be a whole number'],
    [{ arrivals: '1e12' }, '--arrivals must be a whole number from 1 to 20000000'],
    [{ 'lobby-share': '1.1' }, '--lobby-share must be a number from 0 to 1'],
    [{ arrivals: '5', events: '6' }, '--events must not exceed --arrivals'],
    [{ events: '1000', 'seats-per-event': '1e6' }, '--events times --seats-per-event must not exceed'],
  ])('reject %j', (options, message) => {
    expect(() => readSale(options)).toThrow(message);
  });
});

import { expect, it } from 'vitest';
import { parseRequest } from '../../../loadtest/run/arguments.ts';
import { scenarios } from '../../../loadtest/run/scenarios.ts';

const parse = (args: string[], baseUrl?: string) => parseRequest(args, baseUrl);

it.each([
  [
    [],
    'The scenario is missing. Scenarios: same-seat, hold-storm, checkout, fan-out, onsale, soak, arena-attack.',
  ],
  [
    ['same-seats'],
    'Unknown scenario same-seats. Scenarios: same-seat, hold-storm, checkout, fan-out, onsale, soak, arena-attack.',
  ],
  [['soak', 'checkout'], 'Name one scenario, not 2.'],
  [['soak', '--minutes', '5'], "Unknown option '--minutes'"],
  [['soak', '--rate', '0'], '--rate must be a whole number from 1, not 0.'],
  [['soak', '--buyers', 'many'], '--buyers must be a whole number from 1, not many.'],
  [['soak', '--watchers', '-1'], '--watchers'],
  [['same-seat', '--seconds', '5'], '--seconds follows from --buyers and --rate'],
  [['soak', '--seats', '5'], '--seats applies to an on-sale, not to soak.'],
])('rejects %j and prints the usage', (args, message) => {
  expect(() => parse(args)).toThrow(message);
  expect(() => parse(args)).toThrow('Usage: npm run loadtest -- NAME');
});

it('overrides the size of a scenario', () => {
  const { runs } = parse(['checkout', '--rate', '7', '--seconds', '9', '--watchers', '0', '--buyers', '3']);
  expect(runs[0]?.size).toMatchObject({ rate: 7, seconds: 9, watchers: 0, buyers: 3, thinkSeconds: 3 });
});

it('lets every buyer try once in same-seat', () => {
  const { size } = parse(['same-seat', '--buyers', '4500', '--rate', '1000']).runs[0] ?? {};
  expect(size).toMatchObject({ buyers: 4_500, seconds: 5, rate: 900 });
});

it('runs a small version of every scenario in CI', () => {
  const { runs, ci } = parse(['--ci']);
  expect(ci).toBe(true);
  expect(runs.map(({ scenario }) => scenario.name)).toEqual(scenarios.map(({ name }) => name));
  for (const { scenario, size } of runs) expect(size).toEqual(scenario.small);
});

it('runs the small version of one scenario', () => {
  const { runs, ci } = parse(['onsale', '--ci', '--seats', '60']);
  expect(ci).toBe(true);
  expect(runs).toHaveLength(1);
  expect(runs[0]?.size).toMatchObject({ buyers: 600, sale: { seats: 60, pacePerMinute: 900 } });
});

it('does not let an on-sale load a deployment', () => {
  expect(() => parse(['onsale'], 'http://localhost:4000')).toThrow('onsale starts its own servers');
});

it('attacks the arena without k6 and only on a server of its own, and in CI after the scenarios', () => {
  expect(parse(['arena-attack'])).toMatchObject({ runs: [], attack: 'full' });
  expect(parse(['--ci']).attack).toBe('small');
  expect(parse(['arena-attack', '--ci'])).toMatchObject({ runs: [], attack: 'small' });
  expect(parse(['soak']).attack).toBeNull();
  expect(() => parse(['arena-attack'], 'http://localhost:4000')).toThrow(
    'arena-attack starts its own servers',
  );
});

it.each(['http://localhost:4000', 'http://127.0.0.2:4000', 'https://[::1]:4000/'])(
  'loads %s without a confirmation',
  (url) => expect(parse(['soak'], url).baseUrl).toBe(new URL(url).origin),
);

it.each([
  'http://10.0.0.1:4000',
  'https://tickets.example.com',
  'http://localhost.example.com',
  'http://127.0.0.1.nip.io',
])('loads %s only with a confirmation', (url) => {
  expect(() => parse(['soak'], url)).toThrow('--yes-load-this-server');
  expect(parse(['soak', '--yes-load-this-server'], url).baseUrl).toBe(url);
});

it.each(['localhost:4000', 'ftp://localhost', ''])('rejects %j as BASE_URL', (url) => {
  expect(() => parse(['soak', '--yes-load-this-server'], url)).toThrow(
    'BASE_URL must be an http or https URL',
  );
});

// `npm run simulate-bots`: plays sales with buyers and bots, and judges the rules against probing.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readArguments, ROOT, runCommand, UsageError } from '../../scripts/local/command.ts';
import { getExitStatus } from '../run/report/verdict.ts';
import { halves, type Half } from './bots/variants.ts';
import { formatReport, judge } from './report.ts';
import { simulate } from './simulate.ts';

const COMMAND = 'simulate-bots';

await runCommand(() => {
  const args = process.argv.slice(2);
  const { values } = readArguments(COMMAND, {
    args,
    options: {
      half: { type: 'string', default: 'held-out' },
      sales: { type: 'string', default: '84' },
      buyers: { type: 'string', default: '2500' },
      seed: { type: 'string', default: '1' },
      unrest: { type: 'string', default: '1' },
      'takeover-delay': { type: 'boolean', default: false },
      out: { type: 'string', default: 'loadtest/reports' },
    },
  });
  const [sales, buyers, seed] = [
    readNumber('sales', values.sales),
    readNumber('buyers', values.buyers),
    readNumber('seed', values.seed),
  ];
  const half = readHalf(values.half);
  const unrest = Number(values.unrest);
  if (!(unrest >= 0 && unrest <= 3))
    throw new UsageError(COMMAND, `--unrest must be a number from 0 to 3, not ${values.unrest}.`);
  const takeoverDelay = values['takeover-delay'];
  const scores = simulate({ half, sales, buyers, seed, unrest, takeoverDelay }, (line) =>
    process.stderr.write(`${line}\n`),
  );
  const command = ['npm run', COMMAND, ...(args.length === 0 ? [] : ['--', ...args])].join(' ');
  const report = { command, half, seed, ...scores, checks: judge(scores.withRules) };
  const out = path.resolve(ROOT, values.out);
  mkdirSync(out, { recursive: true });
  const text = formatReport(report);
  writeFileSync(path.join(out, 'bots.md'), text);
  writeFileSync(path.join(out, 'bots.json'), `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(text);
  const status = getExitStatus(report.checks);
  if (status !== 0) process.exitCode = status;
});

function readHalf(text: string): Half {
  const found = halves.find((half) => half === text);
  if (found === undefined) throw new UsageError(COMMAND, `--half must be training or held-out, not ${text}.`);
  return found;
}

function readNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 1_000_000)
    throw new UsageError(COMMAND, `--${name} must be a whole number from 1, not ${text}.`);
  return value;
}

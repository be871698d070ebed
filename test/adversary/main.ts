// `npm run adversary -- --minutes N [--seed S]`
import { parseArgs } from 'node:util';
import { command } from '../../scripts/local/explain.ts';
import { UsageError } from '../../scripts/local/usage.ts';
import { Adversary } from './adversary.ts';
import { tryCase } from './try-case.ts';
import { keepCase } from './kept-cases.ts';
import { reportOf } from './report.ts';

const USAGE = `Usage: npm run adversary -- [--minutes N] [--seed S] [--no-keep]
       npm run adversary -- --case FILE

Sends hostile documents, variables, frames, handshakes and bodies, made from schema.graphql and graphql-ws's message types, to
an API process with a heap of 512 MiB, while honest clients hold seats and watch them. The process must live, no request may
keep the event loop for more than 100 ms of CPU, memory must come back, answers stay small, and the honest be served.
What fails is made as small as possible and kept in test/adversary/cases, whose files are rerun first; --no-keep only prints
it, and --case tries one file alone. Exit status 1 on any finding. The same seed makes the same attacks, not the same timing.`;

const shrink = { attempts: 80, seconds: 90 };

await command(async () => {
  const { values } = UsageError.wrap(USAGE, () =>
    parseArgs({
      options: {
        minutes: { type: 'string', default: '1' },
        seed: { type: 'string', default: String(Math.floor(Math.random() * 100_000_000) + 1) },
        case: { type: 'string' },
        'no-keep': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }),
  );
  const report = (line: string) => void process.stdout.write(`${line}\n`);
  if (values.help) return report(USAGE);
  if (values.case !== undefined) {
    const findings = await tryCase(values.case, report);
    process.exitCode = findings === 0 ? 0 : 1;
    return;
  }
  const number = (name: 'minutes' | 'seed') => {
    const value = Number(values[name]);
    if (!(value > 0)) throw new UsageError(USAGE, `--${name} must be a positive number, not ${values[name]}`);
    return value;
  };
  const seed = number('seed');
  report(`seed ${seed}`);
  const result = await Adversary.run({
    seed,
    seconds: 60 * number('minutes'),
    report,
    shrink,
    ...(values['no-keep'] ? {} : { keep: keepCase }),
  });
  report(reportOf(result));
  process.exitCode = result.findings.length === 0 ? 0 : 1;
});

import { readArguments, runCommand, UsageError } from '../../scripts/local/command.ts';
import { Adversary } from './adversary.ts';
import { tryCase } from './investigate/try-case.ts';
import { storeCase } from './investigate/stored-cases.ts';
import { formatReport } from './report.ts';

const shrink = { attempts: 80, seconds: 90 };

await runCommand(async () => {
  const { values } = readArguments('adversary', {
    options: {
      minutes: { type: 'string', default: '1' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 100_000_000) + 1) },
      case: { type: 'string' },
      'no-keep': { type: 'boolean', default: false },
    },
  });
  const report = (line: string) => void process.stdout.write(`${line}\n`);
  if (values.case !== undefined) {
    const findings = await tryCase(values.case, report);
    process.exitCode = findings === 0 ? 0 : 1;
    return;
  }
  const number = (name: 'minutes' | 'seed') => {
    const value = Number(values[name]);
    if (!(value > 0))
      throw new UsageError('adversary', `--${name} must be a positive number, not ${values[name]}`);
    return value;
  };
  const seed = number('seed');
  report(`seed ${seed}`);
  const result = await Adversary.run({
    seed,
    seconds: 60 * number('minutes'),
    report,
    shrink,
    ...(values['no-keep'] ? {} : { keep: storeCase }),
  });
  report(formatReport(result));
  process.exitCode = result.findings.length === 0 ? 0 : 1;
});

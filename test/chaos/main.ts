import { createWriteStream } from 'node:fs';
import { readArguments, runCommand, UsageError } from '../../scripts/local/command.ts';
import { runChaos } from './chaos.ts';
import { formatReport } from './report.ts';

await runCommand(async () => {
  const { values } = readArguments('chaos', {
    options: {
      runs: { type: 'string', default: '1' },
      seconds: { type: 'string', default: '60' },
      pages: { type: 'string', default: '200' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000_000) + 1) },
      log: { type: 'string' },
    },
  });
  const number = (name: 'runs' | 'seconds' | 'pages' | 'seed') => {
    const value = Number(values[name]);
    if (!(value > 0))
      throw new UsageError('chaos', `--${name} must be a positive number, not ${values[name]}`);
    return value;
  };
  const log = values.log === undefined ? undefined : createWriteStream(values.log);
  const runs = number('runs');
  let passed = 0;
  for (let run = 1; run <= runs; run++) {
    const seed = number('seed') + run - 1;
    const result = await runChaos({
      seed,
      seconds: number('seconds'),
      pages: number('pages'),
      ...(log === undefined ? {} : { log: (line: string) => void log.write(`${line}\n`) }),
    });
    const { length } = result.breaches;
    if (length === 0) passed++;
    const how = length === 0 ? 'passed' : `FAILED with ${length} breaches`;
    process.stdout.write(`run ${run} of ${runs}, seed ${seed}: ${how}\n${formatReport(result)}\n`);
  }
  log?.end();
  process.stdout.write(`${passed} of ${runs} runs passed\n`);
  process.exitCode = passed === runs ? 0 : 1;
});

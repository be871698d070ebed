// `npm run chaos -- --runs N [--seed S]`
import { createWriteStream } from 'node:fs';
import { command } from '../../scripts/local/explain.ts';
import { readArguments, UsageError } from '../../scripts/local/usage.ts';
import { runChaos } from './chaos.ts';
import { reportOf } from './report.ts';

await command(async () => {
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
  let right = 0;
  for (let run = 1; run <= runs; run++) {
    const seed = number('seed') + run - 1;
    const result = await runChaos({
      seed,
      seconds: number('seconds'),
      pages: number('pages'),
      ...(log === undefined ? {} : { log: (line: string) => void log.write(`${line}\n`) }),
    });
    const { length } = result.breaches;
    if (length === 0) right++;
    const how = length === 0 ? 'right' : `WRONG, breaches: ${length}`;
    process.stdout.write(`run ${run} of ${runs}, seed ${seed}: ${how}\n${reportOf(result)}\n`);
  }
  log?.end();
  process.stdout.write(`${right} of ${runs} runs were right\n`);
  process.exitCode = right === runs ? 0 : 1;
});

// `npm run rehearse -- INCIDENT`: causes an incident in a system of its own, and repairs it as the runbook says.
import { readArguments, runCommand, UsageError } from '../../scripts/local/command.ts';
import { readEnvironment } from '../../src/platform/config/environment.ts';
import { incidents } from './incidents.ts';
import { findPrometheus } from './prometheus.ts';
import { rehearse } from './rehearsal.ts';

await runCommand(async () => {
  const { positionals } = readArguments('rehearse', { allowPositionals: true, options: {} });
  const [name = ''] = positionals;
  const incident = Object.hasOwn(incidents, name) ? incidents[name] : undefined;
  if (incident === undefined || positionals.length > 1)
    throw new UsageError('rehearse', `Name one incident: ${Object.keys(incidents).join(', ')}.`);
  const program = findPrometheus(readEnvironment()['PROMETHEUS']);
  const startedAt = performance.now();
  const isGood = await rehearse(incident, program, (line) => process.stdout.write(`${line}\n`));
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  process.stdout.write(`\n${isGood ? 'passed' : 'FAILED'} after ${seconds} s\n`);
  process.exitCode = isGood ? 0 : 1;
});

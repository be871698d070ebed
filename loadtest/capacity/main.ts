import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { format } from 'prettier';
import { readArguments, runCommand, UsageError } from '../../scripts/local/command.ts';
import { demandNames, readDemand, toOption } from './demand.ts';
import { measureCosts } from './measure/measure.ts';
import { renderPlan, renderUnits, renderUnknown } from './report.ts';

const INPUTS = new URL('./inputs.json', import.meta.url);

await runCommand(async () => {
  const { values } = readArguments('capacity', {
    options: {
      measure: { type: 'boolean', default: false },
      ...Object.fromEntries(demandNames.map((name) => [toOption(name), { type: 'string' as const }])),
    },
  });
  const { measure, ...options } = values as { measure: boolean } & Record<string, string>;
  if (measure) {
    if (Object.keys(options).length > 0) throw new UsageError('capacity', '--measure takes no other option.');
    await updateInputs();
    return;
  }
  let plan: string;
  try {
    plan = renderPlan(readDemand(options));
  } catch (error) {
    throw new UsageError('capacity', error instanceof Error ? error.message : String(error));
  }
  process.stdout.write(`${[renderUnits(), plan, renderUnknown()].join('\n\n')}\n`);
});

/** Measures all costs and stores them in inputs.json. Configured inputs stay as they are. */
async function updateInputs(): Promise<void> {
  const load = os.loadavg()[0]?.toFixed(1);
  const { costs, postgres } = await measureCosts();
  const cores = os.cpus();
  const machine = `${cores.length} × ${cores[0]?.model ?? 'CPU'}, Node ${process.versions.node}, PostgreSQL ${postgres}, load ${load} before`;
  const inputs = JSON.parse(readFileSync(INPUTS, 'utf8')) as Record<
    string,
    { value: number; machine?: string }
  >;
  for (const [name, value] of Object.entries(costs)) {
    const input = inputs[name];
    if (input === undefined) throw new Error(`inputs.json has no ${name}`);
    Object.assign(input, { value: Number(value.toPrecision(4)), machine });
  }
  writeFileSync(INPUTS, await format(JSON.stringify(inputs), { parser: 'json', printWidth: 120 }));
  process.stdout.write(
    `Measured ${Object.keys(costs).length} inputs. \`npm run docs\` writes docs/scaling.md.\n`,
  );
}

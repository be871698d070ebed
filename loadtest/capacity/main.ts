import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { format } from 'prettier';
import { readArguments, runCommand, UsageError } from '../../scripts/local/command.ts';
import { drawSale } from './chart.ts';
import { inputEntries, readInputs, toCosts, type InputEntry } from './inputs.ts';
import { measureCosts } from './measure/measure.ts';
import { renderLimits, renderPlan, renderSale } from './report/sale-report.ts';
import { readSale, saleNames, toOption, type Sale } from './sale/sale.ts';
import { sizeSale } from './sizes.ts';

const INPUTS = new URL('./inputs.json', import.meta.url);

await runCommand(async () => {
  const { values } = readArguments('capacity', {
    options: {
      measure: { type: 'boolean', default: false },
      chart: { type: 'string' },
      ...Object.fromEntries(saleNames.map((name) => [toOption(name), { type: 'string' as const }])),
    },
  });
  const { measure, chart, ...options } = values as { measure: boolean; chart?: string } & Record<
    string,
    string
  >;
  if (measure) {
    if (Object.keys(options).length > 0 || chart !== undefined)
      throw new UsageError('capacity', '--measure takes no other option.');
    await updateInputs();
    return;
  }
  const sized = sizeSale(parseSale(options), toCosts(readInputs()));
  process.stdout.write(`${[renderSale(sized), renderPlan(sized), renderLimits(sized)].join('\n\n')}\n`);
  if (chart !== undefined) writeFileSync(chart, drawSale(sized));
});

function parseSale(options: Readonly<Record<string, string>>): Sale {
  try {
    return readSale(options);
  } catch (error) {
    throw new UsageError('capacity', error instanceof Error ? error.message : String(error));
  }
}

/** Measures the costs that no benchmark measures, and stores them in inputs.json. */
async function updateInputs(): Promise<void> {
  const load = os.loadavg()[0]?.toFixed(1);
  const { costs, postgres } = await measureCosts();
  const cores = os.cpus();
  const machine = `${cores.length} × ${cores[0]?.model ?? 'CPU'}, Node ${process.versions.node}, PostgreSQL ${postgres}, load ${load} before`;
  const inputs = JSON.parse(readFileSync(INPUTS, 'utf8')) as Record<string, InputEntry>;
  const names = Object.keys(inputEntries).filter(
    (name) => inputs[name]?.source === 'npm run capacity -- --measure',
  );
  for (const name of names) {
    const value = (costs as Readonly<Record<string, number>>)[name];
    if (value === undefined) throw new Error(`nothing measures ${name}`);
    Object.assign(inputs[name] ?? {}, { value: Number(value.toPrecision(4)), machine });
  }
  writeFileSync(INPUTS, await format(JSON.stringify(inputs), { parser: 'json', printWidth: 120 }));
  process.stdout.write(`Measured ${names.length} inputs. \`npm run docs\` writes docs/scaling.md.\n`);
}

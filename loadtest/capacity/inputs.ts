import { readFileSync } from 'node:fs';
import { findCell, readNumber, type Cell } from './cells.ts';
import inputs from './inputs.json' with { type: 'json' };

export type InputName = keyof typeof inputs;

/** What one unit of load costs, and what one unit of the deployment can take. */
export type Costs = Readonly<Record<InputName, number>>;

/** Costs that `npm run capacity -- --measure` measures. */
export type MeasuredCosts = Partial<Costs>;

/** One entry of inputs.json. */
export interface InputEntry {
  readonly unit: string;
  readonly meaning: string;
  /** The figure itself, unless it stands in docs/benchmarks.md. */
  readonly value?: number;
  /** Command that measured `value`, or `file: text` if the figure is configured. */
  readonly source?: string;
  /** Machine on which `value` was measured. Configured figures have none. */
  readonly machine?: string;
  /** Benchmark whose tables in docs/benchmarks.md contain the figure. */
  readonly benchmark?: string;
  readonly cell?: Cell;
  /** Pattern of the sentence that contains the figure, as its first group. */
  readonly text?: string;
  /** Factor that converts the figure to `unit`. */
  readonly scale?: number;
}

/** One figure that the capacity model starts from. */
export interface Input {
  readonly value: number;
  readonly unit: string;
  readonly meaning: string;
  /** Command that measures it, or `file: text` if the figure is configured. */
  readonly source: string;
  /** Machine, versions and size of the measurement. Configured figures have none. */
  readonly machine?: string;
}

export const inputEntries: Readonly<Record<InputName, InputEntry>> = inputs;

const BENCHMARKS = new URL('../../docs/benchmarks.md', import.meta.url);

/** Returns all inputs. Those of a benchmark are read from the page that the benchmark writes. */
export function readInputs(page = readFileSync(BENCHMARKS, 'utf8')): Readonly<Record<InputName, Input>> {
  const resolved = Object.entries(inputEntries).map(([name, entry]) => [
    name,
    resolveInput(name, entry, page),
  ]);
  return Object.fromEntries(resolved) as Record<InputName, Input>;
}

export function toCosts(named: Readonly<Record<InputName, Input>>): Costs {
  const values = Object.entries(named).map(([name, { value }]) => [name, value]);
  return Object.fromEntries(values) as Record<InputName, number>;
}

/** @throws {Error} that names the input if the page does not contain its figure. */
export function resolveInput(name: string, entry: InputEntry, page: string): Input {
  const { unit, meaning, benchmark, cell, text, scale = 1 } = entry;
  if (benchmark === undefined) {
    const { value, source, machine } = entry;
    if (value === undefined || source === undefined)
      throw new Error(`${name} has neither a value nor a benchmark`);
    return { value, unit, meaning, source, ...(machine !== undefined && { machine }) };
  }
  const block = readBlock(page, benchmark);
  const found = cell === undefined ? new RegExp(text ?? '$^').exec(block)?.[1] : findCell(block, cell);
  const number = readNumber(found);
  if (Number.isNaN(number))
    throw new Error(`${name} is not in the tables of ${benchmark} in docs/benchmarks.md`);
  return {
    value: Number((number * scale).toPrecision(6)),
    unit,
    meaning,
    source: `npm run bench -- --only ${benchmark}`,
    machine: /^_(.+?)[.]?_$/m.exec(block)?.[1] ?? '',
  };
}

function readBlock(page: string, benchmark: string): string {
  const [opening, closing] = [`<!-- bench:${benchmark} -->`, `<!-- /bench:${benchmark} -->`];
  return page.split(opening)[1]?.split(closing)[0] ?? '';
}

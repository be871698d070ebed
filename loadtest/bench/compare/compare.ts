import { once } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../../../scripts/local/command.ts';
import { ratioAndSpread, short, table, whole } from '../markdown.ts';
import { divideByRound, measureInTurn, median } from '../measure.ts';
import { forkProgram } from '../server-process.ts';
import type { Request } from './contender.ts';
import { measureNames, measureTitles, type ComparedFigures, type MeasureName } from './measures.ts';
import { checkOut, findCommit } from './revision.ts';

const CONTENDER = 'loadtest/bench/compare/contender.ts';

/** One tree's figures of one measure, a round each. */
type Runs = readonly ComparedFigures[];

/**
 * Measures this tree and that of another revision in turn, and returns a table with the ratios.
 *
 * @throws if the revision is unknown, or the working tree has changes.
 */
export async function compareWith(
  revision: string,
  size: { readonly pairs: number; readonly seconds: number },
): Promise<string> {
  const commit = findCommit(revision);
  await using base = await checkOut(commit);
  await using before = await Contender.start(base.folder);
  await using after = await Contender.start(ROOT);
  const runs = measureNames.map((name) => ({
    name,
    before: [] as ComparedFigures[],
    after: [] as ComparedFigures[],
  }));
  const contenders = runs.flatMap((run) => [
    { tree: before, name: run.name, runs: run.before },
    { tree: after, name: run.name, runs: run.after },
  ]);
  await measureInTurn(contenders, size, ({ tree, name }, seconds) => tree.measure(name, seconds));
  return describeRuns(runs);
}

/** Returns a table of medians, and of the ratios of this tree to the other. */
export function describeRuns(
  runs: readonly { readonly name: MeasureName; readonly before: Runs; readonly after: Runs }[],
): string {
  const of = (figures: Runs, what: keyof ComparedFigures) => figures.map((run) => run[what]);
  const header = [
    'measure',
    'before, /s',
    'after, /s',
    'rate',
    'p50',
    'p99',
    'server CPU',
    'PostgreSQL CPU',
    'server µs',
  ];
  const rows = runs.map(({ name, before, after }) => {
    const ratio = (what: keyof ComparedFigures) =>
      ratioAndSpread(divideByRound(of(after, what), of(before, what)));
    return [
      measureTitles[name],
      whole(median(of(before, 'perSecond'))),
      whole(median(of(after, 'perSecond'))),
      ratio('perSecond'),
      ratio('p50Ms'),
      ratio('p99Ms'),
      ratio('serverMicros'),
      name === 'idle' ? '–' : ratio('postgresMicros'),
      short(median(of(after, 'serverMicros'))),
    ];
  });
  return table(header, rows);
}

/** A tree that runs measures in a process of its own. */
class Contender implements AsyncDisposable {
  readonly #process: ChildProcess;
  /** Rejects when the process ends. */
  readonly #ended: Promise<never>;

  private constructor(process: ChildProcess, ended: Promise<never>) {
    this.#process = process;
    this.#ended = ended;
  }

  static async start(folder: string): Promise<Contender> {
    const child = forkProgram(pathToFileURL(path.join(folder, CONTENDER)), [], {}, folder);
    const ended = once(child, 'exit').then(() =>
      Promise.reject(new Error(`The benchmarks of this tree do not run in the other one.`)),
    );
    ended.catch(() => undefined);
    await Promise.race([once(child, 'message'), ended]);
    return new Contender(child, ended);
  }

  async measure(measure: MeasureName, seconds: number): Promise<ComparedFigures> {
    this.#process.send({ measure, seconds } satisfies Request);
    const [figures] = (await Promise.race([once(this.#process, 'message'), this.#ended])) as [
      ComparedFigures,
    ];
    return figures;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.connected) this.#process.disconnect();
    await this.#ended.catch(() => undefined);
  }
}

import type { Attack, Finding, Property } from '../attack.ts';
import type { HonestClient } from '../target/honest-client.ts';
import { errorKey } from '../judge.ts';
import { getSignature, type StoredCase } from './stored-cases.ts';
import { flatten, tidy } from './tidy.ts';
import { shrink, type ShrinkLimits } from './shrink.ts';
import type { Target } from '../target/target.ts';
import { countConnections, tryAlone, type Attacker } from '../trial.ts';

export interface FoundCase {
  readonly finding: Finding;
  /** Null if no single attack caused it. */
  readonly attack: Attack | null;
  /** File of the stored case, if any. */
  readonly file: string | null;
  /** Number of occurrences. */
  readonly times: number;
}

export interface InvestigationOptions {
  readonly report: (line: string) => void;
  readonly shrink: ShrinkLimits;
  readonly keep?: (stored: StoredCase) => string;
}

/** A single observation may be caused by another attack or a garbage collection. It must repeat this often in a row. */
const CONFIRMED_BY = 2;
/** Caches fill up and stop growing; leaks continue. */
const LEAK_CONFIRMED_BY = 4;
/** Maximum number of cases per property and kind of attack. Further ones are only counted. */
const SHRUNK_MAX = 5;
/** While shrinking, the severity may drop, but not below this. */
const SEVERITY_KEPT = 2;
const SHRUNK_CONNECTIONS_MAX = 500;

/**
 * Properties that different attacks break for different reasons. For the others, the finding itself tells the reason.
 */
const manyCauses = new Set<Property>([
  'the process survives',
  'event loop turns are short',
  'connection memory is bounded',
  'memory is released',
]);

/** Finds out which attack broke what, minimizes it and stores it. */
export class Investigation {
  readonly #target: Target;
  readonly #attacker: Attacker;
  readonly #honest: HonestClient;
  readonly #options: InvestigationOptions;
  readonly #found = new Map<string, FoundCase>();
  readonly #shrunk = new Map<string, number>();
  longestTurnAloneMs = 0;
  readonly errorLines = new Map<string, number>();

  constructor(target: Target, attacker: Attacker, honest: HonestClient, options: InvestigationOptions) {
    this.#target = target;
    this.#attacker = attacker;
    this.#honest = honest;
    this.#options = options;
  }

  get found(): readonly FoundCase[] {
    return [...this.#found.values()];
  }

  /** Runs the attack alone, and repeats each finding until it is certain. */
  async suspect(attack: Attack, patienceMs?: number): Promise<void> {
    for (const finding of await this.#try(attack, patienceMs))
      if (await this.#confirmed(attack, finding, patienceMs)) await this.#explain(attack, finding);
  }

  /** Runs a stored case. The file stays unchanged, whatever the case breaks now. */
  async rerun(file: string, { attack }: StoredCase): Promise<void> {
    for (const finding of await this.#try(attack))
      if (await this.#confirmed(attack, finding))
        this.#record(`${finding.key} ${file}`, finding, attack, file);
  }

  /** Restarts the server if it has ended. */
  async revive(): Promise<void> {
    if (this.#target.death() === null) return;
    this.#honest.rest();
    await this.#target.restart();
    this.#honest.work(this.#target.honestOrder());
    // Its last output belongs to its death.
    await this.#target.takeErrors();
  }

  /** Adds a finding of the run as a whole. */
  note(property: Property, what: string): void {
    const finding: Finding = { property, key: property, what, severity: 1 };
    this.#record(`${property} ${what.replace(/\d+/g, 'N')}`, finding, null, null);
  }

  /** Adds error lines that no attack caused when it ran alone. */
  unexplained(errors: ReadonlyMap<string, number>, suspects: number): void {
    for (const [message, lines] of errors) {
      const known = [...this.#found.keys()].some((key) => key.includes(errorKey(message)));
      this.#countErrors(errors);
      if (known) continue;
      const what = `${lines} × ${message} (none of ${suspects} attacks writes it alone)`;
      this.note('client errors are not logged as errors', what);
    }
  }

  async #try(attack: Attack, patienceMs?: number): Promise<readonly Finding[]> {
    const { findings, turnMs } = await tryAlone(this.#target, this.#attacker, attack, patienceMs);
    this.longestTurnAloneMs = Math.max(this.longestTurnAloneMs, turnMs ?? 0);
    await this.revive();
    return findings;
  }

  async #confirmed(attack: Attack, { key, property }: Finding, patienceMs?: number): Promise<boolean> {
    const times = property === 'memory is released' ? LEAK_CONFIRMED_BY : CONFIRMED_BY;
    for (let i = 1; i < times; i++)
      if (!(await this.#try(attack, patienceMs)).some((again) => again.key === key)) return false;
    return true;
  }

  async #explain(attack: Attack, finding: Finding): Promise<void> {
    const family = `${finding.key} ${attack.kind}`;
    const before = this.#shrunk.get(family) ?? 0;
    this.#shrunk.set(family, before + 1);
    if (before >= SHRUNK_MAX) return this.#record(family, finding, attack, null);
    const severity = Math.min(finding.severity, SEVERITY_KEPT);
    const stillFails = async (candidate: Attack) =>
      (await this.#try(candidate)).some((other) => other.key === finding.key && other.severity >= severity);
    const smallest = isAsItMustBe(attack, finding)
      ? attack
      : tidy(await shrink(flatten(attack), stillFails, this.#options.shrink));
    const last = (await this.#try(smallest)).find(({ key }) => key === finding.key) ?? finding;
    const signature = manyCauses.has(last.property) ? `${last.key} ${getSignature(smallest)}` : last.key;
    const { property, what } = last;
    const isNew = !this.#found.has(signature);
    const file = isNew ? (this.#options.keep?.({ property, found: what, attack: smallest }) ?? null) : null;
    this.#record(signature, last, smallest, file);
  }

  #record(key: string, finding: Finding, attack: Attack | null, file: string | null): void {
    const known = this.#found.get(key);
    if (known !== undefined) return void this.#found.set(key, { ...known, times: known.times + 1 });
    this.#found.set(key, { finding, attack, file, times: 1 });
    const where = file ?? JSON.stringify(attack)?.slice(0, 1_500);
    this.#options.report(
      `FINDING ${finding.property}: ${finding.what}\n  ${attack?.label ?? 'run'}: ${where}`,
    );
  }

  #countErrors(errors: ReadonlyMap<string, number>): void {
    for (const [message, lines] of errors)
      this.errorLines.set(message, (this.errorLines.get(message) ?? 0) + lines);
  }
}

/** Whether an attack must not be shrunk: a smaller crowd proves nothing, and waiting in vain takes too long. */
function isAsItMustBe(attack: Attack, { property }: Finding): boolean {
  return (
    attack.kind === 'deaf' ||
    countConnections(attack) > SHRUNK_CONNECTIONS_MAX ||
    property === 'every request is answered'
  );
}

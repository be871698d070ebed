import { pause } from '../support/pause.ts';
import type { Attack } from './attack.ts';
import { generateRound, readSchema, type Round } from './generate/round.ts';
import { HonestClient } from './target/honest-client.ts';
import { Investigation, type FoundCase } from './investigate/investigation.ts';
import { bounds, judgeReplies, mib } from './judge.ts';
import { readCases, type StoredCase } from './investigate/stored-cases.ts';
import type { ShrinkLimits } from './investigate/shrink.ts';
import type { Sent } from './send/sent.ts';
import { Target } from './target/target.ts';
import { Attacker, countConnections } from './trial.ts';

export interface AdversaryOptions {
  readonly seed: number;
  /** Duration of new attacks. The stored cases come first. */
  readonly seconds: number;
  readonly report: (line: string) => void;
  readonly shrink: ShrinkLimits;
  /** Stores a new case and returns its file. */
  readonly keep?: (stored: StoredCase) => string;
}

export interface AdversaryResult {
  /** Number of requests and connections, by kind. */
  readonly tried: ReadonlyMap<string, number>;
  readonly rounds: number;
  readonly storedCases: number;
  /** Longest turn while several attacks ran at once. */
  readonly longestTurnMs: number;
  /** Turns that were too long while several attacks ran at once, but for none of these attacks alone. */
  readonly unrepeatedTurns: number;
  /** Longest turn of an attack that ran alone. */
  readonly longestTurnAloneMs: number;
  readonly peakHeapBytes: number;
  readonly peakRssBytes: number;
  readonly keptAtStartBytes: number;
  readonly keptAtEndBytes: number;
  readonly honest: { readonly held: number; readonly updates: number; readonly worstMs: number };
  readonly errorLines: ReadonlyMap<string, number>;
  readonly findings: readonly FoundCase[];
}

/** Minimum number of rounds, however slow the machine is. */
const ROUNDS_MIN = 2;
const LANES = 4;
const LEFT_MAX = 100;
/** Most attacks end within milliseconds. The run does not wait for the others. */
const SOON_MS = 1_000;
/** Maximum number of findings, because each takes time to shrink. */
const FINDINGS_MAX = 40;
const PROGRESS_EVERY_MS = 15_000;
/** Share of the time after which caches are full and code is loaded. Memory is compared from then on. */
const SETTLED_SHARE = 0.25;
/** Allows for caches of attacked data that still fill. */
const GROWTH_MAX_BYTES = 64 * 1024 * 1024;

/** Attacks an API process while honest clients continue, and finds out what each attack broke. */
export class Adversary {
  readonly #options: AdversaryOptions;
  readonly #target: Target;
  readonly #honest: HonestClient;
  readonly #attacker: Attacker;
  readonly #investigation: Investigation;
  readonly #tried = new Map<string, number>();
  readonly #left = new Set<Promise<void>>();
  readonly #late: Attack[] = [];
  /** Attacks of the previous batch, whose cost may show only when the next ones are sent. */
  #before: readonly Attack[] = [];
  #longestTurnMs = 0;
  #unrepeatedTurns = 0;
  #storedCases = 0;

  private constructor(options: AdversaryOptions, target: Target, honest: HonestClient) {
    this.#options = options;
    this.#target = target;
    this.#honest = honest;
    this.#attacker = new Attacker(target);
    this.#investigation = new Investigation(target, this.#attacker, honest, options);
  }

  static async run(options: AdversaryOptions): Promise<AdversaryResult> {
    await using target = await Target.start();
    using honest = HonestClient.start(target.honestOrder());
    const run = new Adversary(options, target, honest);
    return await run.#run();
  }

  async #run(): Promise<AdversaryResult> {
    const { seed, seconds } = this.#options;
    const schema = readSchema();
    await this.#attacker.logIn();
    const first = generateRound(schema, this.#target.events, seed, 0);
    // The server needs seconds to drop these; the cases run meanwhile.
    this.#stall(first.stalled);
    await this.#rerunCases();
    const startedAt = performance.now();
    const elapsed = () => (performance.now() - startedAt) / 1_000;
    let rounds = 0;
    let reportedAt = performance.now();
    let keptAtStartBytes = 0;
    const goesOn = () => elapsed() < seconds || rounds < ROUNDS_MIN;
    while (goesOn() && this.#investigation.found.length < FINDINGS_MAX) {
      const round = rounds === 0 ? first : generateRound(schema, this.#target.events, seed, rounds);
      if (rounds++ > 0) this.#stall(round.stalled);
      await this.#round(round);
      if (keptAtStartBytes === 0 && elapsed() > seconds * SETTLED_SHARE)
        keptAtStartBytes = (await this.#target.memory()).keptBytes;
      if (performance.now() - reportedAt < PROGRESS_EVERY_MS) continue;
      reportedAt = performance.now();
      this.#options.report(await this.#progress(elapsed(), rounds));
    }
    await Promise.all(this.#left);
    await this.#suspectLate();
    const { keptBytes } = await this.#target.memory();
    if (keptAtStartBytes === 0) keptAtStartBytes = keptBytes;
    if (keptBytes - keptAtStartBytes > GROWTH_MAX_BYTES)
      this.#investigation.note(
        'memory is released',
        `${mib(keptBytes - keptAtStartBytes)} MiB more at the end of the run`,
      );
    await this.#hearHonest();
    const { held, updates, worstMs } = this.#honest;
    if (held === 0 || updates === 0)
      this.#investigation.note('honest clients are served', `${held} holds, ${updates} seat updates`);
    return {
      tried: this.#tried,
      rounds,
      storedCases: this.#storedCases,
      longestTurnMs: this.#longestTurnMs,
      unrepeatedTurns: this.#unrepeatedTurns,
      longestTurnAloneMs: this.#investigation.longestTurnAloneMs,
      peakHeapBytes: this.#target.peak.heapBytes,
      peakRssBytes: this.#target.peak.rssBytes,
      keptAtStartBytes,
      keptAtEndBytes: keptBytes,
      honest: { held, updates, worstMs },
      errorLines: this.#investigation.errorLines,
      findings: this.#investigation.found,
    };
  }

  /** Stored cases run first. */
  async #rerunCases(): Promise<void> {
    for (const { file, stored } of readCases()) {
      this.#storedCases++;
      this.#count(stored.attack);
      await this.#investigation.rerun(file, stored);
    }
    if (this.#storedCases > 0) this.#options.report(`${this.#storedCases} stored cases rerun`);
  }

  #stall(attacks: readonly Attack[]): void {
    for (const attack of attacks) {
      if (this.#left.size >= LEFT_MAX) return;
      this.#count(attack);
      this.#leave(attack, this.#attacker.send(attack));
    }
  }

  async #round({ quick, crowds }: Round): Promise<void> {
    for (let first = 0; first < quick.length; first += LANES * 5)
      await this.#batch(quick.slice(first, first + LANES * 5));
    for (const attack of crowds) {
      this.#count(attack);
      await this.#investigation.suspect(attack);
    }
    await this.#suspectLate();
    await this.#hearHonest();
  }

  /** Suspects attacks that the run did not wait for. Attacks tried in the meantime may have delayed them. */
  async #suspectLate(): Promise<void> {
    for (const attack of this.#late.splice(0))
      await this.#investigation.suspect(attack, Number.POSITIVE_INFINITY);
  }

  /** Sends a few attacks at once. What looks suspicious is investigated one by one. */
  async #batch(attacks: readonly Attack[]): Promise<void> {
    const suspects = new Set<Attack>();
    await this.#target.turn();
    const waiting = attacks.values();
    const lane = async () => {
      for (const attack of waiting) {
        if (this.#target.death() !== null) break;
        this.#count(attack);
        const sent = await this.#sentSoon(attack);
        if (sent !== null && judgeReplies(attack, sent.replies).length > 0) suspects.add(attack);
        await sent?.close();
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    const all = [...this.#before, ...attacks];
    const turn = await this.#target.settled();
    const lives = turn !== null;
    const cpuMs = turn?.cpuMs ?? 0;
    const errors = await this.#target.takeErrors();
    if (!lives || cpuMs > bounds.turnMs || errors.size > 0) for (const attack of all) suspects.add(attack);
    this.#longestTurnMs = Math.max(this.#longestTurnMs, cpuMs);
    if (!lives) await this.#investigation.revive();
    const foundBefore = this.#investigation.found.length;
    for (const attack of suspects) await this.#investigation.suspect(attack);
    if (cpuMs > bounds.turnMs && this.#investigation.found.length === foundBefore) this.#unrepeatedTurns++;
    if (suspects.size > 0 && lives) this.#investigation.unexplained(errors, suspects.size);
    this.#before = attacks;
  }

  /** Returns null if the attack waits for the server to give up on it. It is judged after that. */
  async #sentSoon(attack: Attack): Promise<Sent | null> {
    const work = this.#attacker.send(attack);
    const sent = await Promise.race([work, pause(SOON_MS).then(() => null)]);
    if (sent === null) this.#leave(attack, work);
    return sent;
  }

  #leave(attack: Attack, work: Promise<Sent>): void {
    const { starts } = this.#target;
    const left = (async () => {
      const sent = await work;
      await sent.close();
      // This attack is not responsible for responses that the end of the server cut off.
      if (starts !== this.#target.starts) return;
      if (judgeReplies(attack, sent.replies).length > 0) this.#late.push(attack);
    })();
    this.#left.add(left);
    void left.finally(() => this.#left.delete(left));
  }

  async #hearHonest(): Promise<void> {
    for (const failure of await this.#honest.failures())
      this.#investigation.note('honest clients are served', failure.slice(0, 300));
  }

  async #progress(seconds: number, rounds: number): Promise<string> {
    await this.#target.memory();
    const requests = [...this.#tried.values()].reduce((sum, count) => sum + count, 0);
    const { held, worstMs } = this.#honest;
    return [
      `${seconds.toFixed(0)} s, round ${rounds}: ${requests} requests`,
      `longest turn ${this.#longestTurnMs.toFixed(0)} ms`,
      `heap ${mib(this.#target.peak.heapBytes)} MiB at most`,
      `${held} honest holds, ${worstMs.toFixed(0)} ms at most`,
      `${this.#investigation.found.length} findings`,
    ].join('; ');
  }

  #count(attack: Attack): void {
    const { label } = attack;
    this.#tried.set(label, (this.#tried.get(label) ?? 0) + countConnections(attack));
  }
}

import { pause } from '../../support/pause.ts';
import { ask } from './ask.ts';
import type { Buyer } from './buyers.ts';
import { chooseRequest } from './choose-request.ts';
import type { HallHistory } from '../hall-history.ts';
import { now, type Outcome, type Request } from '../history.ts';
import type { Random } from '../random.ts';
import type { NodeAddress } from '../cluster/watcher.ts';

/**
 * Longer than a node waits itself, even if it was frozen for some seconds. A client that waits this long in vain has
 * found a bug (I13).
 */
const PATIENCE_MS = 40_000;
const RETRIES_MAX = 5;
/** Enough that batches of different events meet, and few enough that buyers compete. */
const HALLS_AT_ONCE = 2;

export interface ClientsOptions {
  readonly nodes: readonly NodeAddress[];
  readonly buyers: readonly Buyer[];
  readonly halls: readonly HallHistory[];
  readonly random: Random;
  readonly count: number;
  readonly stop: AbortSignal;
}

/** Runs clients until aborted, each with its own random choices. Resolves when the last one has its response. */
export async function runClients(options: ClientsOptions): Promise<void> {
  const clients = Array.from(
    { length: options.count },
    (_, i) => new Client(options, options.random.fork(), i),
  );
  await Promise.all(clients.map((client) => client.run()));
}

class Client {
  readonly #options: ClientsOptions;
  readonly #random: Random;
  readonly #name: string;
  readonly #buyerIds: readonly string[];
  readonly #tokens: ReadonlyMap<string, string>;
  #keys = 0;

  constructor(options: ClientsOptions, random: Random, index: number) {
    this.#options = options;
    this.#random = random;
    this.#name = `client ${index}`;
    this.#buyerIds = options.buyers.map(({ id }) => id);
    this.#tokens = new Map(options.buyers.map(({ id, token }) => [id, token]));
  }

  async run(): Promise<void> {
    const { halls, stop } = this.#options;
    while (!stop.aborted) {
      const open = halls.filter(({ isWornOut }) => !isWornOut).slice(0, HALLS_AT_ONCE);
      const hall = this.#random.pick(open.length > 0 ? open : halls);
      const { buyerId, request, twice } = chooseRequest(
        this.#random,
        hall,
        this.#buyerIds,
        () => `${this.#name}, key ${++this.#keys}`,
      );
      const outcomes = await Promise.all([
        this.#askOnce(hall, buyerId, request),
        ...(twice ? [this.#askOnce(hall, buyerId, request)] : []),
      ]);
      const asked = outcomes.filter((outcome) => outcome !== null);
      if (asked.every(({ kind }) => kind === 'nothing')) await this.#pause();
      else if (asked.some(({ kind }) => kind === 'unknown')) await this.#askAgain(hall, buyerId, request);
    }
  }

  /** Retries with the same key until the outcome is known or the patience is exhausted. */
  async #askAgain(hall: HallHistory, buyerId: string, request: Request): Promise<void> {
    if (request.kind === 'hold' && request.key === null) return;
    for (let attempt = 0; attempt < RETRIES_MAX && !this.#random.chance(0.1); attempt++) {
      const outcome = await this.#askOnce(hall, buyerId, request);
      if (outcome?.kind === 'success' || outcome?.kind === 'refused') return;
      await this.#pause();
    }
  }

  async #askOnce(hall: HallHistory, buyerId: string, request: Request): Promise<Outcome | null> {
    const node = this.#random.pick(this.#options.nodes);
    const { url } = node.server;
    const token = this.#tokens.get(buyerId);
    if (url === null || token === undefined) return null;
    const patienceMs = this.#random.chance(0.2) ? this.#random.whole(50, 1_500) : PATIENCE_MS;
    const n = hall.nextNumber();
    const invoked = now();
    const answer = await ask(url, token, hall.eventId, request, patienceMs);
    const outcome = inVain(answer, patienceMs);
    hall.add({ n, buyerId, node: node.name, request, invoked, answered: now(), outcome });
    return outcome;
  }

  /** Backs off while no node runs or all are busy. This is how a client behaves, not a wait for a condition. */
  #pause(): Promise<void> {
    return pause(this.#random.whole(20, 200), this.#options.stop);
  }
}

function inVain(outcome: Outcome, patienceMs: number): Outcome {
  const timedOut = outcome.kind === 'unknown' && outcome.why === 'timeout';
  if (!timedOut || patienceMs < PATIENCE_MS) return outcome;
  return { kind: 'wrong', why: `no answer within ${PATIENCE_MS} ms (I13)` };
}

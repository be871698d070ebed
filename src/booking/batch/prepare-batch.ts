import { withTimeout } from '../../platform/with-timeout.ts';
import type { Chosen, InLine } from '../../seating/best-available/best-available.ts';
import { BatchAbandonedError } from './batch-errors.ts';
import type { Pending } from './group-commit.ts';
import type { Command, Neighbours } from '../rules/model.ts';

/** Returns these seats, the ones next to them, and the ones next to those; empty if the event allows orphans. */
export type NeighboursOf = (
  eventId: number,
  seats: readonly number[],
) => Promise<ReadonlyMap<number, Neighbours>>;

export interface PreparationContext {
  /** Chooses seats for each wish in line, no seat twice. `exact`: from the database, not from memory. */
  chooseSeats(eventId: number, line: readonly InLine[], exact: boolean): Promise<readonly Chosen[]>;
  readonly neighboursOf: NeighboursOf;
  /** Handles a read that failed: settles the commands that needed it, or leaves them to be retried. Never rejects. */
  failed(eventId: number, pendings: readonly Pending[], error: unknown): Promise<unknown>;
}

export interface PreparedBatch {
  /** The commands to run now, and the pending that each belongs to. */
  readonly ready: readonly Pending[];
  readonly commands: readonly Command[];
  readonly neighbours: ReadonlyMap<number, Neighbours>;
  /** The rest. Those with `waitsFor` come back when it settles. */
  readonly later: readonly Pending[];
}

/** How long a batch waits for the reads of some of its commands before it runs without those commands. */
const PATIENCE_MS = 100;
/** After this long a read is abandoned and started again. */
const READ_MAX_MS = 3_000;

/**
 * Does the reading that some commands need before their batch starts: choosing seats, and finding the neighbors of
 * seats at events that forbid orphans. Both mostly read memory. If they hang, only the commands that need them wait;
 * confirmations and releases of the same batch run at once. At most one such read of an event is under way.
 */
export class BatchPreparation {
  readonly #ctx: PreparationContext;
  readonly #slowNeighbours = new Map<number, Promise<void>>();
  readonly #slowChoices = new Map<number, Promise<void>>();

  constructor(ctx: PreparationContext) {
    this.#ctx = ctx;
  }

  async prepare(eventId: number, batch: readonly Pending[]): Promise<PreparedBatch> {
    const neighbours = await this.#neighboursFor(eventId, batch);
    await this.#choose(
      eventId,
      batch.filter((pending) => neighbours !== null || seatsOfChoice(pending).length === 0),
    );
    const ready: Pending[] = [];
    const commands: Command[] = [];
    const later: Pending[] = [];
    for (const pending of batch) {
      if (pending.settled) continue;
      const unknown = neighbours === null && seatsOfChoice(pending).length > 0;
      const command = unknown || pending.waitsFor !== null ? null : commandOf(pending);
      if (command === null) later.push(pending);
      else {
        ready.push(pending);
        commands.push(command);
      }
    }
    return { ready, commands, neighbours: neighbours ?? new Map(), later };
  }

  /** Null if they are not known yet: then the commands that need them wait. */
  async #neighboursFor(
    eventId: number,
    batch: readonly Pending[],
  ): Promise<ReadonlyMap<number, Neighbours> | null> {
    const choosers = batch.filter((pending) => seatsOfChoice(pending).length > 0);
    if (choosers.length === 0) return new Map();
    let found: ReadonlyMap<number, Neighbours> | null = null;
    await this.#patiently(this.#slowNeighbours, eventId, choosers, async () => {
      found = await this.#ctx.neighboursOf(eventId, [...new Set(choosers.flatMap(seatsOfChoice))]);
    });
    return found;
  }

  /** Chooses seats for the commands that leave it to the server and have none yet. */
  async #choose(eventId: number, batch: readonly Pending[]): Promise<void> {
    const wishing = new Set(batch.filter((pending) => isChoosing(pending) && pending.candidates === null));
    if (wishing.size === 0) return;
    const line = batch.map((pending): InLine => {
      if (pending.choice !== null && wishing.has(pending)) return { wish: pending.choice.seats };
      return { named: pending.candidates ?? (pending.command.kind === 'hold' ? pending.command.named : []) };
    });
    const exact = batch.some((pending) => pending.misled);
    await this.#patiently(this.#slowChoices, eventId, [...wishing], async () => {
      const chosen = await this.#ctx.chooseSeats(eventId, line, exact);
      for (const [i, pending] of [...wishing].entries()) {
        const choice = chosen[i];
        // If those ahead may get the only seats left, nothing can be said before that is decided.
        if (choice !== undefined && !choice.contested) pending.candidates = choice.seats;
      }
    });
  }

  /** Waits for a read, but not for long: then the commands that need it wait by themselves. */
  async #patiently(
    slow: Map<number, Promise<void>>,
    eventId: number,
    pendings: readonly Pending[],
    read: () => Promise<void>,
  ): Promise<void> {
    let underWay = slow.get(eventId);
    if (underWay === undefined) {
      const attempt = this.#attempt(eventId, pendings, read);
      if (await settlesWithin(PATIENCE_MS, attempt)) return; // guard: batch-preparation-patience
      underWay = attempt.finally(() => slow.delete(eventId));
      slow.set(eventId, underWay);
    }
    for (const pending of pendings) pending.waitsFor = underWay;
  }

  async #attempt(eventId: number, pendings: readonly Pending[], read: () => Promise<void>): Promise<void> {
    try {
      await withTimeout(read(), READ_MAX_MS, () => new BatchAbandonedError());
    } catch (error) {
      await this.#ctx.failed(eventId, pendings, error);
    }
  }
}

/** The command with the seats that were chosen for it; null if they are still to be chosen. */
function commandOf(pending: Pending): Command | null {
  const { command, candidates } = pending;
  if (!isChoosing(pending)) return command;
  if (command.kind !== 'hold' || candidates === null) return null;
  pending.candidates = null;
  return { ...command, chosen: candidates };
}

function isChoosing({ choice, conflicted }: Pending): boolean {
  return choice !== null && (choice.when === 'always' || conflicted);
}

/** Seats that the caller chose: an event may forbid that they leave a single seat alone. */
function seatsOfChoice({ command }: Pending): readonly number[] {
  if (command.kind === 'hold') return command.named;
  return command.kind === 'change' ? command.seats : [];
}

/** `work` must not reject. */
function settlesWithin(ms: number, work: Promise<void>): Promise<boolean> {
  const settled = work.then(() => true);
  return withTimeout(settled, ms, () => new BatchAbandonedError()).catch(() => false);
}

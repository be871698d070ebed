import { withTimeout } from '../../platform/with-timeout.ts';
import type { QueueEntry } from '../../seating/best-available/choose-seats.ts';
import type { BestAvailable } from '../../seating/best-available/best-available.ts';
import type { EventLayouts } from '../../seating/layout/event-layouts.ts';
import type { Neighbors } from '../../seating/rows/neighbors.ts';
import type { Command } from '../rules/commands.ts';
import { BatchAbandonedError } from './batch-errors.ts';
import { getNamedSeats } from './collect-named.ts';
import type { Pending } from './group-commit.ts';

export interface PreparationContext {
  readonly bestAvailable: Pick<BestAvailable, 'choose'>;
  readonly eventLayouts: Pick<EventLayouts, 'getNeighborsAround'>;
  /** Handles a failed read: settles the commands that need it, or leaves them to be retried. Never rejects. */
  onReadError(eventId: number, pendings: readonly Pending[], error: unknown): Promise<unknown>;
}

export interface PreparedBatch {
  /** The pendings of `commands`, in the same order. */
  readonly ready: readonly Pending[];
  /** The commands to run now. */
  readonly commands: readonly Command[];
  readonly neighbors: ReadonlyMap<number, Neighbors>;
  /** Seats of commands that an overdue booking with other seats kept from being decided. */
  readonly contested: readonly number[];
  /** The other commands. Those with `waitsFor` are parked until it settles. */
  readonly later: readonly Pending[];
}

/** Time that a batch waits for the reads of some commands before it runs without those commands. */
const PATIENCE_MS = 100;
/** Timeout of a read. The commands that need it are retried. */
const READ_MS_MAX = 3_000;

/**
 * Does the reads that some commands need before their batch starts: choosing seats, and finding the neighbors of
 * seats at events that forbid orphans. Both mostly read memory. If they hang, only the commands that need them wait;
 * confirmations and releases of the same batch run at once. Each event has at most one read of each kind in flight.
 */
export class BatchPreparation {
  readonly #ctx: PreparationContext;
  readonly #slowNeighbors = new Map<number, Promise<void>>();
  readonly #slowChoices = new Map<number, Promise<void>>();

  constructor(ctx: PreparationContext) {
    this.#ctx = ctx;
  }

  async prepare(eventId: number, batch: readonly Pending[]): Promise<PreparedBatch> {
    const neighbors = await this.#findNeighbors(eventId, batch);
    await this.#choose(
      eventId,
      batch.filter((pending) => neighbors !== null || getCallersSeats(pending).length === 0),
    );
    const ready: Pending[] = [];
    const commands: Command[] = [];
    const later: Pending[] = [];
    for (const pending of batch) {
      if (pending.settled) continue;
      const unknown = neighbors === null && getCallersSeats(pending).length > 0;
      const command = unknown || pending.waitsFor !== null ? null : takeCommand(pending);
      if (command === null) later.push(pending);
      else {
        ready.push(pending);
        commands.push(command);
      }
    }
    const contested = commands.filter((_, i) => ready[i]?.contested === true).flatMap(getNamedSeats);
    return { ready, commands, neighbors: neighbors ?? new Map(), contested, later };
  }

  /** Returns null if the neighbors are not known yet. The commands that need them then wait. */
  async #findNeighbors(
    eventId: number,
    batch: readonly Pending[],
  ): Promise<ReadonlyMap<number, Neighbors> | null> {
    const choosers = batch.filter((pending) => getCallersSeats(pending).length > 0);
    if (choosers.length === 0) return new Map();
    let found: ReadonlyMap<number, Neighbors> | null = null;
    await this.#readPatiently(this.#slowNeighbors, eventId, choosers, async () => {
      const seats = [...new Set(choosers.flatMap(getCallersSeats))];
      found = await this.#ctx.eventLayouts.getNeighborsAround(eventId, seats);
    });
    return found;
  }

  /** Chooses seats for the commands that leave the choice to the server and have none yet. */
  async #choose(eventId: number, batch: readonly Pending[]): Promise<void> {
    const wishing = new Set(batch.filter((pending) => isChoosing(pending) && pending.candidates === null));
    if (wishing.size === 0) return;
    const queue = batch.map((pending): QueueEntry => {
      if (pending.choice !== null && wishing.has(pending)) return { choice: pending.choice.seats };
      return { named: pending.candidates ?? (pending.command.kind === 'hold' ? pending.command.named : []) };
    });
    const exact = batch.some((pending) => pending.staleMap);
    await this.#readPatiently(this.#slowChoices, eventId, [...wishing], async () => {
      const chosen = await this.#ctx.bestAvailable.choose(eventId, queue, exact);
      for (const [i, pending] of [...wishing].entries()) {
        const choice = chosen[i];
        // If earlier commands may get the last seats, this one is chosen for after they are decided.
        if (choice !== undefined && !choice.contested) pending.candidates = choice.seats;
      }
    });
  }

  /** Waits briefly for a read. If it takes longer, the commands that need it wait by themselves. */
  async #readPatiently(
    slow: Map<number, Promise<void>>,
    eventId: number,
    pendings: readonly Pending[],
    read: () => Promise<void>,
  ): Promise<void> {
    let inFlight = slow.get(eventId);
    if (inFlight === undefined) {
      const attempt = this.#attempt(eventId, pendings, read);
      if (await settlesWithin(PATIENCE_MS, attempt)) return; // guard: batch-preparation-patience
      inFlight = attempt.finally(() => slow.delete(eventId));
      slow.set(eventId, inFlight);
    }
    for (const pending of pendings) pending.waitsFor = inFlight;
  }

  async #attempt(eventId: number, pendings: readonly Pending[], read: () => Promise<void>): Promise<void> {
    try {
      await withTimeout(read(), READ_MS_MAX, () => new BatchAbandonedError());
    } catch (error) {
      await this.#ctx.onReadError(eventId, pendings, error);
    }
  }
}

/** Returns the command with the seats chosen for it; null if they are not chosen yet. */
function takeCommand(pending: Pending): Command | null {
  const { command, candidates } = pending;
  if (!isChoosing(pending)) return command;
  if (command.kind !== 'hold' || candidates === null) return null;
  pending.candidates = null;
  return { ...command, chosen: candidates };
}

function isChoosing({ choice, conflicted }: Pending): boolean {
  return choice !== null && (choice.when === 'always' || conflicted);
}

/** Returns the seats that the caller chose. The event may forbid that they isolate a single seat. */
function getCallersSeats({ command }: Pending): readonly number[] {
  if (command.kind === 'hold') return command.named;
  return command.kind === 'change' ? command.seats : [];
}

/** `work` must not reject. */
function settlesWithin(ms: number, work: Promise<void>): Promise<boolean> {
  const settled = work.then(() => true);
  return withTimeout(settled, ms, () => new BatchAbandonedError()).catch(() => false);
}

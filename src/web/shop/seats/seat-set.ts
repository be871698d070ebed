import * as v from 'valibot';
import { ofTab, readStored, writeStored } from '../api/stored.ts';
import type { SeatSet } from '../map/contract.ts';

/** A set of seat indexes that components and the map follow. */
export class ObservableSeats implements SeatSet {
  #seats: ReadonlySet<number>;
  readonly #listeners = new Set<() => void>();

  constructor(seats: Iterable<number> = []) {
    this.#seats = new Set(seats);
  }

  readonly get = (): ReadonlySet<number> => this.#seats;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  set(seats: Iterable<number>): void {
    const next = new Set(seats);
    if (next.size === this.#seats.size && [...next].every((index) => this.#seats.has(index))) return;
    this.#seats = next;
    for (const listener of this.#listeners) listener();
  }

  toggle(index: number): void {
    if (this.#seats.has(index)) this.delete(index);
    else this.set([...this.#seats, index]);
  }

  delete(index: number): void {
    this.set([...this.#seats].filter((other) => other !== index));
  }
}

const indexes = v.array(v.pipe(v.number(), v.integer(), v.minValue(0)));

/** Returns the selection of an event. It survives a reload of the tab. */
export function openSelection(eventId: string, seatCount: number): ObservableSeats {
  const key = `sellout.selection.${eventId}`;
  const stored = readStored(ofTab, key, indexes) ?? [];
  const selection = new ObservableSeats(stored.filter((index) => index < seatCount));
  selection.subscribe(() => writeStored(ofTab, key, [...selection.get()]));
  return selection;
}

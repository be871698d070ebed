import { createSeatFeed, type SeatChange, type SeatFeed } from '../../seat-feed/create-seat-feed.ts';
import { graphqlWsTransport } from '../../seat-feed/graphql-ws.ts';
import { socket } from '../api/client.ts';
import type { SeatLayout, SeatSource } from '../map/contract.ts';
import { getSeatLabel } from '../text/seat-label.ts';

interface InitialMap {
  readonly version: number;
  readonly states: string;
}

/** What the page shows of the live seats, at most twice a second. */
export interface SeatSummary {
  readonly revision: number;
  readonly available: number;
  readonly state: SeatSource['state'];
  /** Time of the browser at which the connection was lost; null while the map is live. */
  readonly staleSince: number | null;
  /** Numbers of available seats by section and tier, at `section * tiers + tier`. */
  readonly free: Int32Array;
}

const PUBLISH_MS = 500;

/** The layout and the live seats of one event. Only summaries of the changes pass through React. */
export class SeatStore implements SeatSource {
  readonly layout: SeatLayout;
  readonly #feed: SeatFeed;
  readonly #seatListeners = new Set<(seats: readonly SeatChange[]) => void>();
  readonly #summaryListeners = new Set<() => void>();
  readonly #free: Int32Array;
  #summary: SeatSummary;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #staleSince: number | null = null;

  constructor(layout: SeatLayout, initial: InitialMap) {
    this.layout = layout;
    this.#free = new Int32Array(layout.sections.length * layout.tiers.length);
    for (let index = 0; index < layout.seatIds.length; index++) this.#add(index, 1);
    this.#feed = createSeatFeed({
      seatCount: layout.seatIds.length,
      initial,
      ...graphqlWsTransport(socket, layout.eventId),
      onChange: ({ seats }) => this.#apply(seats),
      onState: () => this.#onState(),
    });
    this.#summary = this.#summarize(0);
    document.addEventListener('visibilitychange', this.#wake);
    window.addEventListener('online', this.#wake);
  }

  get seatCount(): number {
    return this.layout.seatIds.length;
  }

  get state(): SeatSource['state'] {
    return this.#feed.state;
  }

  /** Returns the label of a seat in the language of the page. */
  labelOf(index: number): string {
    const { labels, sections, section, row, number } = this.layout;
    return getSeatLabel({
      label: labels[index] ?? '',
      section: sections[section[index] ?? 0] ?? '',
      row: row[index] ?? '',
      number: number[index] ?? '',
    });
  }

  readonly statusOf: SeatSource['statusOf'] = (index) => this.#feed.statusOf(index);
  readonly counts: SeatSource['counts'] = () => this.#feed.counts();

  readonly onChange: SeatSource['onChange'] = (listener) => {
    this.#seatListeners.add(listener);
    return () => this.#seatListeners.delete(listener);
  };

  /** Returns whether a section has an available seat of any tier. */
  hasFree(section: number): boolean {
    const { length } = this.layout.tiers;
    return this.#free.subarray(section * length, (section + 1) * length).some((count) => count > 0);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#summaryListeners.add(listener);
    return () => this.#summaryListeners.delete(listener);
  };

  readonly getSummary = (): SeatSummary => this.#summary;

  close(): void {
    document.removeEventListener('visibilitychange', this.#wake);
    window.removeEventListener('online', this.#wake);
    clearTimeout(this.#timer);
    this.#feed.close();
  }

  #apply(seats: readonly SeatChange[]): void {
    for (const { index, from, to } of seats) {
      const change = Number(to === 'AVAILABLE') - Number(from === 'AVAILABLE');
      if (change === 0) continue;
      this.#add(index, change);
    }
    for (const listener of this.#seatListeners) listener(seats);
    this.#publishSoon();
  }

  #onState(): void {
    const isLive = this.#feed.state === 'live';
    if (isLive) this.#staleSince = null;
    else this.#staleSince ??= Date.now();
    this.#publishSoon();
  }

  /** A page that slept may have a dead connection. */
  readonly #wake = () => {
    if (document.visibilityState === 'visible' && this.#feed.state !== 'live') this.#feed.reconnect();
  };

  #publishSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#summary = this.#summarize(this.#summary.revision + 1);
      for (const listener of this.#summaryListeners) listener();
    }, PUBLISH_MS);
  }

  #summarize(revision: number): SeatSummary {
    return {
      revision,
      available: this.#feed.counts().AVAILABLE,
      state: this.#feed.state,
      staleSince: this.#staleSince,
      free: this.#free.slice(),
    };
  }

  #add(index: number, change: number): void {
    const { section, tier, tiers } = this.layout;
    const position = (section[index] ?? 0) * tiers.length + (tier[index] ?? 0);
    this.#free[position] = (this.#free[position] ?? 0) + change;
  }
}

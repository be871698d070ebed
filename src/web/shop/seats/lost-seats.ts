import { useEffect, useState } from 'react';
import { announce } from '../parts/announcer.tsx';
import { findNearestFree } from './hall.ts';
import type { SeatStore } from './seat-store.ts';
import { t } from '../text/i18n.ts';
import { isolate } from '../text/isolate.ts';
import type { Seats } from '../event/use-seats.ts';

/** Seats that were selected and then taken, with the nearest free ones. */
export interface LostSeats {
  readonly seats: readonly number[];
  readonly nearest: readonly number[];
}

/** Seats that are offered instead of lost ones. */
const OFFERED = 3;

export function describeLost(store: SeatStore, seats: readonly number[]): string {
  const labels = seats.map((index) => isolate(store.labelOf(index))).join('; ');
  return t('seatLost', { labels, count: seats.length });
}

/** Takes seats out of the selection that somebody else has taken, and remembers the last one. */
export function useLostSeats({ store, selection }: Seats, mine: ReadonlySet<number>, isBusy: boolean) {
  const [lost, setLost] = useState<LostSeats | null>(null);
  useEffect(() => {
    // While seats are being held, the server's answer says which ones are not free.
    if (isBusy) return;
    const check = () => {
      const taken = [...selection.get()].filter((index) => store.statusOf(index) !== 'AVAILABLE');
      if (taken.length === 0) return;
      selection.set([...selection.get()].filter((index) => !taken.includes(index)));
      const foreign = taken.filter((index) => !mine.has(index));
      if (foreign[0] === undefined) return;
      const found = { layout: store.layout, seats: store };
      const nearest = findNearestFree(found, foreign[0], selection.get(), OFFERED);
      setLost({ seats: foreign, nearest });
      announce(describeLost(store, foreign));
    };
    check();
    return store.onChange(check);
  }, [store, selection, mine, isBusy]);
  // Another tab of the buyer has held them: the live map may be faster than its news.
  const isMine = lost !== null && lost.seats.every((index) => mine.has(index));
  return [isMine ? null : lost, setLost] as const;
}

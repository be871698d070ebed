import { useEffect, useState } from 'react';
import { announce } from '../parts/announcer.tsx';
import { findNearestFree } from '../seats/hall.ts';
import { t } from '../text/i18n.ts';
import { isolate } from '../text/isolate.ts';
import type { Seats } from './use-seats.ts';

/** Seats that were selected and then taken, with the nearest free ones. */
export interface LostSeats {
  readonly labels: string;
  readonly count: number;
  readonly nearest: readonly number[];
}

/** Seats that are offered instead of lost ones. */
const OFFERED = 3;

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
      const labels = foreign.map((index) => isolate(store.layout.labels[index] ?? '')).join('; ');
      const found = { layout: store.layout, seats: store };
      const nearest = findNearestFree(found, foreign[0], selection.get(), OFFERED);
      const next = { labels, count: foreign.length, nearest };
      setLost(next);
      announce(t('seatLost', { labels, count: next.count }));
    };
    check();
    return store.onChange(check);
  }, [store, selection, mine, isBusy]);
  return [lost, setLost] as const;
}

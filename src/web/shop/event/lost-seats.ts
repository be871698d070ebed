import { useEffect, useState } from 'react';
import { announce } from '../parts/announcer.tsx';
import { findNearestFree } from '../seats/hall.ts';
import { t } from '../text/i18n.ts';
import type { Seats } from './use-seats.ts';

/** A seat that was selected and then taken, with the nearest free ones. */
export interface LostSeat {
  readonly label: string;
  readonly nearest: readonly number[];
}

/** Seats that are offered instead of a lost one. */
const OFFERED = 3;

/** Takes seats out of the selection that somebody else has taken, and remembers the last one. */
export function useLostSeats({ store, selection }: Seats, mine: ReadonlySet<number>, isBusy: boolean) {
  const [lost, setLost] = useState<LostSeat | null>(null);
  useEffect(() => {
    // While seats are being held, the server's answer says which ones are not free.
    if (isBusy) return;
    const check = () => {
      const taken = [...selection.get()].filter((index) => store.statusOf(index) !== 'AVAILABLE');
      if (taken.length === 0) return;
      selection.set([...selection.get()].filter((index) => !taken.includes(index)));
      const foreign = taken.find((index) => !mine.has(index));
      if (foreign === undefined) return;
      const label = store.layout.labels[foreign] ?? '';
      const nearest = findNearestFree(
        { layout: store.layout, seats: store },
        foreign,
        selection.get(),
        OFFERED,
      );
      setLost({ label, nearest });
      announce(t('seatLost', { label }));
    };
    check();
    return store.onChange(check);
  }, [store, selection, mine, isBusy]);
  return [lost, setLost] as const;
}

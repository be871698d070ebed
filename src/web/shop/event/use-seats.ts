import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import type { SeatLayout } from '../map/contract.ts';
import type { EventDetails } from './event-details.ts';
import { openSelection, type ObservableSeats } from '../seats/seat-set.ts';
import { SeatStore, type SeatSummary } from '../seats/seat-store.ts';

export interface Seats {
  readonly store: SeatStore;
  readonly selection: ObservableSeats;
}

type LoadedSeats = Seats | 'loading' | 'failed';

/** Loads the layout and follows the seats of an event. */
export function useSeats(event: EventDetails): [LoadedSeats, () => void] {
  const [seats, setSeats] = useState<LoadedSeats>('loading');
  const [run, setRun] = useState(0);
  const { layoutUrl } = event.seatMap;
  const [initial] = useState(event.seatMap);
  useEffect(() => {
    let store: SeatStore | undefined;
    const abort = new AbortController();
    fetch(layoutUrl, { signal: abort.signal })
      .then(async (response) => {
        if (!response.ok) throw new Error(`the layout was answered with ${response.status}`);
        const layout = (await response.json()) as SeatLayout;
        if (abort.signal.aborted) return;
        store = new SeatStore(layout, initial);
        setSeats({ store, selection: openSelection(layout.eventId, layout.seatIds.length) });
      })
      .catch(() => {
        if (!abort.signal.aborted) setSeats('failed');
      });
    return () => {
      abort.abort();
      store?.close();
    };
  }, [layoutUrl, initial, run]);
  return [seats, useCallback(() => setRun((count) => count + 1), [])];
}

export function useSummary(store: SeatStore): SeatSummary {
  return useSyncExternalStore(store.subscribe, store.getSummary);
}

export function useSeatSet(set: ObservableSeats): ReadonlySet<number> {
  return useSyncExternalStore(set.subscribe, set.get);
}

import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { layouts, loadMap, type EventDetails } from './load-event.ts';
import { loadOrReload } from '../parts/load-lazily.ts';
import { openSelection, type ObservableSeats } from '../seats/seat-set.ts';
import type { SeatStore, SeatSummary } from '../seats/seat-store.ts';

export interface Seats {
  readonly store: SeatStore;
  readonly selection: ObservableSeats;
}

export interface SeatsOnMap extends Seats {
  /** Loaded before it is rendered: React shows a fallback for at least 300 ms. */
  readonly view: Awaited<ReturnType<typeof loadMap>>;
}

type LoadedSeats = SeatsOnMap | 'loading' | 'failed';

/** Loads the layout and the map, and follows the seats of an event. */
export function useSeats(event: EventDetails): [LoadedSeats, () => void] {
  const [seats, setSeats] = useState<LoadedSeats>('loading');
  const [run, setRun] = useState(0);
  const { layoutUrl } = event.seatMap;
  const [initial] = useState(event.seatMap);
  useEffect(() => {
    let store: SeatStore | undefined;
    let isCurrent = true;
    Promise.all([layouts.take(layoutUrl), loadOrReload(loadMap)])
      .then(([layout, view]) => {
        if (!isCurrent) return;
        store = new view.SeatStore(layout, initial);
        setSeats({ store, selection: openSelection(layout.eventId, layout.seatIds.length), view });
      })
      .catch(() => {
        if (isCurrent) setSeats('failed');
      });
    return () => {
      isCurrent = false;
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

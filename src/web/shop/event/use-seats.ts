import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import type { SeatLayout } from '../map/contract.ts';
import type { EventDetails } from './event-details.ts';
import { openSelection, type ObservableSeats } from '../seats/seat-set.ts';
import { SeatStore, type SeatSummary } from '../seats/seat-store.ts';
import { getLanguage } from '../text/i18n.ts';
import { getSeatLabel } from '../text/seat-label.ts';

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
        const layout = translateLabels((await response.json()) as SeatLayout);
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

/** Puts the labels of a layout into the language of the page. A change of the language loads the layout again. */
function translateLabels(layout: SeatLayout): SeatLayout {
  if (getLanguage() === 'en') return layout;
  const labels = layout.labels.map((label, index) =>
    getSeatLabel({
      label,
      section: layout.sections[layout.section[index] ?? 0] ?? '',
      row: layout.row[index] ?? '',
      number: layout.number[index] ?? '',
    }),
  );
  return { ...layout, labels };
}

export function useSummary(store: SeatStore): SeatSummary {
  return useSyncExternalStore(store.subscribe, store.getSummary);
}

export function useSeatSet(set: ObservableSeats): ReadonlySet<number> {
  return useSyncExternalStore(set.subscribe, set.get);
}

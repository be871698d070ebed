import { lazy, Suspense, useEffect, useState } from 'react';
import type { Booking, Problem } from '../api/problem.ts';
import type { SeatFilter } from '../map/contract.ts';
import { Advice } from '../map/view/advice.tsx';
import type { EventDetails } from './event-details.ts';
import { announce } from '../parts/announcer.tsx';
import { LoadFailed, Loading } from '../parts/states.tsx';
import { useKeptFocus } from '../parts/use-kept-focus.ts';
import { t } from '../text/i18n.ts';
import { Basket } from './basket.tsx';
import { Filters } from './filters.tsx';
import { HoldCard } from './hold-card.tsx';
import { LiveState } from './live-state.tsx';
import { useSelecting } from '../seats/use-selecting.ts';
import { useHolding } from './use-holding.ts';
import { useMyBookings, type MyBookings } from './use-my-bookings.ts';
import { useSeats, useSeatSet, useSummary, type Seats } from './use-seats.ts';

interface Props {
  readonly event: EventDetails;
  readonly onReload: () => void;
  readonly onAdmissionRequired: () => void;
}

/** Seats that one request can hold. */
const REQUEST_MAX = 10;
const everything: SeatFilter = { tiers: null, amountMax: null, together: 1 };

const loadMap = async () => ({ default: (await import('../map/view/seat-map-view.tsx')).SeatMapView });
const SeatMapView = lazy(loadMap);
const SeatList = lazy(async () => ({ default: (await import('./seat-list.tsx')).SeatList }));

export function SeatChooser(props: Props) {
  const [seats, retry] = useSeats(props.event);
  // Beside the layout, not after it.
  useEffect(() => void Promise.allSettled([loadMap()]), []);
  const bookings = useMyBookings(props.event.id);
  // A standing hold is shown from the start, because it would push away what is below it.
  if (seats === 'loading' || !bookings.isLoaded) return <Loading lines={8} />;
  if (seats === 'failed') return <LoadFailed onRetry={retry} />;
  return <Chooser {...props} {...{ seats, bookings }} />;
}

interface ChooserProps extends Props {
  readonly seats: Seats;
  readonly bookings: MyBookings;
}

function Chooser({ event, seats, bookings, onReload, onAdmissionRequired }: ChooserProps) {
  const { store, selection } = seats;
  const { layout } = store;
  const [filter, setFilter] = useState(everything);
  const selected = useSeatSet(selection);
  const mine = useSeatSet(bookings.mine);
  const summary = useSummary(store);
  const basket = useKeptFocus<HTMLElement>();
  const owned = bookings.own.reduce((count, booking) => count + booking.seats.length, 0);
  const limit = Math.min(event.seatLimit - owned, REQUEST_MAX);
  const { holding, holdSeats, holdBest, dismiss } = useHolding({
    eventId: event.id,
    mode: event.bookingMode,
    onHeld(booking: Booking) {
      bookings.update(booking);
      selection.set([]);
      announce(t('heldText', { count: booking.seats.length }));
      requestAnimationFrame(() => basket.current?.querySelector('h2')?.focus());
    },
    onRefused(problem: Problem) {
      if (problem.kind !== 'api') return;
      if (problem.error.code === 'ADMISSION_REQUIRED') onAdmissionRequired();
      if (['INVALID_INPUT', 'EVENT_NOT_ON_SALE'].includes(problem.error.code)) onReload();
      if ('unavailableSeats' in problem.error) removeUnseen(seats, problem.error.unavailableSeats);
    },
  });
  const isBusy = holding.state !== 'idle';
  const { toggle, advice, closeAdvice } = useSelecting({ event, seats, selected, mine, limit, isBusy });
  return (
    <div className="chooser">
      <div className="choose">
        <div className="choose-head">
          <LiveState summary={summary} />
          <a className="button to-list" href="#seat-list">
            {t('toList')}
          </a>
        </div>
        <Filters
          {...{ store, summary, filter, limit, isBusy }}
          seatLimit={event.seatLimit}
          onFilter={setFilter}
          onBest={holdBest}
        />
        <Suspense fallback={<div className="map-space" />}>
          <SeatMapView {...{ store, selection, filter }} mine={bookings.mine} onToggle={toggle} />
        </Suspense>
        <Suspense fallback={<Loading lines={8} />}>
          <SeatList {...{ store, summary, selected, filter }} mine={mine} onToggle={toggle} />
        </Suspense>
      </div>
      <aside className={`basket ${bookings.place}`} ref={basket} aria-label={t('basket')}>
        {bookings.holds.map((hold) => (
          <HoldCard key={hold.id} hold={hold} onChange={bookings.update} />
        ))}
        <Basket
          // A hold takes the place of the selection that it came from.
          key={bookings.holds.map(({ id }) => id).join()}
          {...{ event, store, holding, limit, selected }}
          ended={bookings.ended}
          onEndedRead={bookings.dismissEnded}
          onToggle={toggle}
          onSelect={(indexes) => selection.set(indexes)}
          onHold={() => holdSeats([...selected].map((index) => layout.seatIds[index] ?? ''))}
          onDismiss={dismiss}
        />
      </aside>
      {advice !== null && <Advice advice={advice} onChoose={toggle} onClose={closeAdvice} />}
    </div>
  );
}

/** Removes taken seats that the map still shows as free. For the others, `useSelecting` offers free ones instead. */
function removeUnseen({ store, selection }: Seats, taken: readonly { readonly index: number }[]): void {
  const unseen = new Set(
    taken.map(({ index }) => index).filter((index) => store.statusOf(index) === 'AVAILABLE'),
  );
  selection.set([...selection.get()].filter((index) => !unseen.has(index)));
}

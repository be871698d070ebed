import { startTransition, Suspense, useEffect, useState, type RefObject } from 'react';
import { Link } from 'wouter';
import { bookingAddress } from '../api/addresses.ts';
import type { Booking, Problem } from '../api/problem.ts';
import { useFollowedService } from '../api/service.ts';
import type { SeatFilter } from '../map/contract.ts';
import type { EventDetails } from './load-event.ts';
import { afterPaint } from '../parts/after-paint.ts';
import { announce } from '../parts/announcer.tsx';
import { loadLazily } from '../parts/load-lazily.ts';
import { LoadFailed, Loading, Paused } from '../parts/states.tsx';
import { useKeptFocus } from '../parts/use-kept-focus.ts';
import { t } from '../text/i18n.ts';
import { Basket } from './basket.tsx';
import { Filters } from './filters.tsx';
import { HoldCard } from './hold-card.tsx';
import { LiveState } from './live-state.tsx';
import { useFreeCounts } from '../seats/free-counts.ts';
import { useSelecting } from '../seats/use-selecting.ts';
import { useConfirmedMeanwhile } from './use-booking.ts';
import { useHolding, type Holding } from './use-holding.ts';
import { useMyBookings, type MyBookings } from './use-my-bookings.ts';
import { useSeats, useSeatSet, useSummary, type Seats, type SeatsOnMap } from './use-seats.ts';

interface Props {
  readonly event: EventDetails;
  readonly onReload: () => void;
  readonly onAdmissionRequired: () => void;
}

/** Seats that one request can hold. */
const REQUEST_MAX = 10;
const everything: SeatFilter = { tiers: null, amountMax: null, together: 1 };

const SeatList = loadLazily(async () => (await import('./seat-list.tsx')).SeatList);

export function SeatChooser(props: Props) {
  const [seats, retry] = useSeats(props.event);
  useFollowedService();
  const bookings = useMyBookings(props.event.id);
  // A standing hold is shown from the start, because it would push away what is below it.
  if (seats === 'loading' || !bookings.isLoaded) return <Loading lines={8} />;
  if (seats === 'failed') return <LoadFailed onRetry={retry} />;
  return <Chooser {...props} {...{ seats, bookings }} />;
}

interface ChooserProps extends Props {
  readonly seats: SeatsOnMap;
  readonly bookings: MyBookings;
}

function Chooser({ event, seats, bookings, onReload, onAdmissionRequired }: ChooserProps) {
  const { store, selection, view } = seats;
  const { SeatMapView, Advice } = view;
  const [isListWanted, setListWanted] = useState(false);
  // The list is long, and the map is seen first.
  useEffect(() => afterPaint(() => startTransition(() => setListWanted(true))), []);
  const [filter, setFilter] = useState(everything);
  const selected = useSeatSet(selection);
  const mine = useSeatSet(bookings.mine);
  const summary = useSummary(store);
  const free = useFreeCounts(store, summary, filter);
  const basket = useKeptFocus<HTMLElement>();
  useConfirmedMeanwhile(bookings.own);
  const owned = bookings.own.reduce((count, booking) => count + booking.seats.length, 0);
  const limit = Math.min(event.seatLimit - owned, REQUEST_MAX);
  const { holding, holdSeats, holdBest, dismiss } = useHolding({
    eventId: event.id,
    mode: event.bookingMode,
    onHeld(booking: Booking) {
      bookings.update(booking);
      selection.set([]);
      closeAdvice();
      announce(t('heldText', { count: booking.seats.length }));
      requestAnimationFrame(() => basket.current?.querySelector('h2')?.focus());
    },
    onRefused(problem: Problem) {
      // The seats may be held: nothing else may claim that somebody has just taken them.
      if (problem.kind === 'session-over' && problem.isUnknown) selection.set([]);
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
        <Filters
          {...{ store, free, filter, limit, isBusy }}
          seatLimit={event.seatLimit}
          isSoldOut={summary.available === 0}
          onFilter={setFilter}
          onBest={holdBest}
        >
          <div className="choose-head">
            <LiveState summary={summary} />
            <a className="to-list" href="#seat-list">
              {t('toList')}
            </a>
          </div>
        </Filters>
        <SeatMapView {...{ store, selection, filter }} mine={bookings.mine} onToggle={toggle} />
        <Suspense>
          {isListWanted ? (
            <SeatList {...{ store, summary, free, selected, filter }} mine={mine} onToggle={toggle} />
          ) : (
            <Loading lines={8} />
          )}
        </Suspense>
      </div>
      <Aside
        {...{ event, seats, bookings, holding, limit, selected, basket, dismiss }}
        onToggle={toggle}
        onHold={holdSeats}
      />
      {advice !== null && <Advice advice={advice} onChoose={toggle} onClose={closeAdvice} />}
    </div>
  );
}

interface AsideProps extends Pick<ChooserProps, 'event' | 'seats' | 'bookings'> {
  readonly holding: Holding;
  readonly limit: number;
  readonly selected: ReadonlySet<number>;
  readonly basket: RefObject<HTMLElement | null>;
  readonly dismiss: () => void;
  readonly onToggle: (index: number) => void;
  readonly onHold: (seatIds: readonly string[]) => void;
}

/** What the buyer holds, has booked here, and has selected. */
function Aside({ seats: { store, selection }, bookings, basket, dismiss, onHold, ...shared }: AsideProps) {
  const booked = bookings.own.filter(({ status }) => status === 'CONFIRMED');
  // A hold takes the place of the selection that it came from: what is below it is new, and does not move.
  const standing = bookings.holds.map(({ id }) => id).join();
  const isPaused = shared.event.status === 'PAUSED';
  const hasEnded = bookings.ended !== null || bookings.lost.length > 0;
  const hasNews = isPaused || hasEnded || shared.holding.problem !== null;
  return (
    <aside
      className={standing !== '' || hasNews ? 'basket standing' : 'basket'}
      ref={basket}
      aria-label={t('basket')}
    >
      {isPaused && <Paused />}
      {bookings.holds.map((hold) => (
        <HoldCard key={hold.id} hold={hold} onChange={bookings.update} />
      ))}
      {booked.length > 0 && <Booked key={`booked ${standing}`} bookings={booked} />}
      <Basket
        key={standing}
        {...{ ...shared, store }}
        ended={bookings.ended}
        onEndedRead={bookings.dismissEnded}
        lost={bookings.lost}
        onLostRead={bookings.dismissLost}
        onSelect={(indexes) => selection.set(indexes)}
        onHold={() => onHold([...shared.selected].map((index) => store.layout.seatIds[index] ?? ''))}
        onDismiss={dismiss}
      />
    </aside>
  );
}

/** Leads to what the buyer has booked here, perhaps in another tab. */
function Booked({ bookings }: { readonly bookings: readonly Booking[] }) {
  return (
    <ul className="card booked">
      {bookings.map(({ id, seats }) => (
        <li key={id}>
          <span>{t('bookedHere', { count: seats.length })}</span>
          <Link href={bookingAddress(id)}>{t('openBooking')}</Link>
        </li>
      ))}
    </ul>
  );
}

/** Removes taken seats that the map still shows as free. For the others, `useSelecting` offers free ones instead. */
function removeUnseen({ store, selection }: Seats, taken: readonly { readonly index: number }[]): void {
  const unseen = new Set(
    taken.map(({ index }) => index).filter((index) => store.statusOf(index) === 'AVAILABLE'),
  );
  selection.set([...selection.get()].filter((index) => !unseen.has(index)));
}

import { useCallback, useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { bookingAddress } from '../api/addresses.ts';
import { ask, SessionOverError } from '../api/client.ts';
import { MyBookingsDocument, type MyBookingsQuery } from '../api/operations/bookings.ts';
import { listenToOtherTabs } from '../api/other-tabs.ts';
import type { Booking } from '../api/problem.ts';
import { isSessionOver, useToken } from '../api/session.ts';
import { useLiveBooking } from '../event/use-booking.ts';
import { announce } from '../parts/announcer.tsx';
import { PageTitle } from '../parts/page-title.tsx';
import { LoadFailed, Loading } from '../parts/states.tsx';
import { formatDateTime, formatMoney } from '../text/format.ts';
import { t } from '../text/i18n.ts';

type Connection = NonNullable<MyBookingsQuery['viewer']>['bookings'];

interface Bookings {
  readonly list: readonly Booking[];
  readonly next: string | null;
}

const none: Bookings = { list: [], next: null };

export function BookingsPage() {
  const token = useToken();
  const [bookings, setBookings] = useState<Bookings | 'loading' | 'failed'>('loading');
  const [more, setMore] = useState<'idle' | 'loading' | 'failed'>('idle');
  const load = useCallback(async () => {
    try {
      const { viewer } = await ask(MyBookingsDocument, { after: null });
      setBookings(viewer === null ? none : append(none, viewer.bookings));
    } catch (error) {
      setBookings(error instanceof SessionOverError ? none : 'failed');
    }
    // Another session has other bookings.
  }, [token]);
  useEffect(() => void load(), [load]);
  const update = useCallback((booking: Booking) => {
    setBookings((before) => (typeof before === 'object' ? replace(before, booking) : before));
  }, []);
  useEffect(() => listenToOtherTabs(update), [update]);
  const loadMore = async (before: Bookings) => {
    setMore('loading');
    try {
      const { viewer } = await ask(MyBookingsDocument, { after: before.next });
      if (viewer !== null) setBookings(append(before, viewer.bookings));
      setMore('idle');
    } catch {
      // The bookings that are here stay.
      setMore('failed');
    }
  };
  return (
    <div className="page narrow">
      <PageTitle title={t('myBookings')}>{t('myBookings')}</PageTitle>
      <p className="soft">{t('bookingsOfThisBrowser')}</p>
      {bookings === 'loading' && <Loading lines={4} />}
      {bookings === 'failed' && <LoadFailed onRetry={() => void load()} />}
      {typeof bookings === 'object' && bookings.list.length === 0 && <None />}
      {typeof bookings === 'object' && (
        <>
          <Followed bookings={bookings.list} onUpdate={update} />
          <List bookings={bookings} more={more} onMore={() => void loadMore(bookings)} />
        </>
      )}
    </div>
  );
}

function None() {
  const isOver = isSessionOver();
  return (
    <div className="empty">
      <h2>{t(isOver ? 'sessionOverTitle' : 'noBookings')}</h2>
      <p>{t(isOver ? 'sessionOverBookings' : 'noBookingsText')}</p>
      <Link className="button primary" href="/">
        {t('findEvents')}
      </Link>
    </div>
  );
}

/** Bookings that the page follows: the latest ones. A connection can have 100 subscriptions. */
const FOLLOWED_MAX = 40;
const changing: ReadonlySet<string> = new Set(['HOLD', 'CONFIRMED']);

interface FollowedProps {
  readonly bookings: readonly Booking[];
  readonly onUpdate: (booking: Booking) => void;
}

/** Follows the bookings that can still change. */
function Followed({ bookings, onUpdate }: FollowedProps) {
  return bookings
    .filter(({ status }) => changing.has(status))
    .slice(0, FOLLOWED_MAX)
    .map((booking) => <FollowedBooking key={booking.id} booking={booking} onUpdate={onUpdate} />);
}

function FollowedBooking({
  booking,
  onUpdate,
}: Omit<FollowedProps, 'bookings'> & { readonly booking: Booking }) {
  useLiveBooking(booking.id, (next) => {
    if (next.status !== booking.status)
      announce(t('statusChanged', { event: next.event.name, status: t(`status${next.status}`) }));
    onUpdate(next);
  });
  return null;
}

/** Puts a new booking first, and replaces a known one where it is. */
function replace(before: Bookings, booking: Booking): Bookings {
  const isKnown = before.list.some(({ id }) => id === booking.id);
  const list = isKnown
    ? before.list.map((known) => (known.id === booking.id ? booking : known))
    : [booking, ...before.list];
  return { ...before, list };
}

function append(before: Bookings, { edges, pageInfo }: Connection): Bookings {
  return {
    list: [...before.list, ...edges.map(({ node }) => node)],
    next: pageInfo.hasNextPage ? pageInfo.endCursor : null,
  };
}

interface ListProps {
  readonly bookings: Bookings;
  readonly more: 'idle' | 'loading' | 'failed';
  readonly onMore: () => void;
}

function List({ bookings, more, onMore }: ListProps) {
  const list = useRef<HTMLUListElement>(null);
  const shown = useRef(bookings.list.length);
  useEffect(() => {
    // The first new booking gets the focus, because the button moves away from it.
    if (bookings.list.length > shown.current)
      list.current?.children[shown.current]?.querySelector('a')?.focus({ preventScroll: true });
    shown.current = bookings.list.length;
  }, [bookings]);
  return (
    <>
      <ul className="bookings" ref={list}>
        {bookings.list.map((booking) => (
          <li key={booking.id}>
            <Link className="card booking-card" href={bookingAddress(booking.id)}>
              <span className="card-head">
                <span className={`badge ${booking.status.toLowerCase()}`}>
                  {t(`status${booking.status}`)}
                </span>
                <span className="soft">
                  <span className="visually-hidden">{t('bookingNumber')}</span> {booking.number}
                </span>
              </span>
              <b className="name">
                <bdi>{booking.event.name}</bdi>
              </b>
              <span>{formatDateTime(booking.event.startsAt, booking.event.venue.timeZone)}</span>
              <span>
                {t('seatCount', { count: booking.seats.length })} · {formatMoney(booking.total)}
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {more === 'failed' && <p role="alert">{t('loadFailedText')}</p>}
      {bookings.next !== null && (
        <button type="button" className="more" disabled={more === 'loading'} onClick={onMore}>
          {t('moreBookings')}
        </button>
      )}
    </>
  );
}

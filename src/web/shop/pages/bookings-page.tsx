import { useCallback, useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { bookingAddress } from '../api/addresses.ts';
import { ask, SessionOverError } from '../api/client.ts';
import { MyBookingsDocument, type MyBookingsQuery } from '../api/operations.ts';
import { PageTitle } from '../parts/page-title.tsx';
import { LoadFailed, Loading } from '../parts/states.tsx';
import { formatDateTime, formatMoney } from '../text/format.ts';
import { t } from '../text/i18n.ts';
import type { Booking } from '../api/problem.ts';

type Connection = NonNullable<MyBookingsQuery['viewer']>['bookings'];

interface Bookings {
  readonly list: readonly Booking[];
  readonly next: string | null;
}

const none: Bookings = { list: [], next: null };

export function BookingsPage() {
  const [bookings, setBookings] = useState<Bookings | 'loading' | 'failed'>('loading');
  const [more, setMore] = useState<'idle' | 'loading' | 'failed'>('idle');
  const load = useCallback(async () => {
    try {
      const { viewer } = await ask(MyBookingsDocument, { after: null });
      setBookings(viewer === null ? none : append(none, viewer.bookings));
    } catch (error) {
      setBookings(error instanceof SessionOverError ? none : 'failed');
    }
  }, []);
  useEffect(() => void load(), [load]);
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
      {typeof bookings === 'object' && bookings.list.length === 0 && (
        <div className="empty">
          <h2>{t('noBookings')}</h2>
          <p>{t('noBookingsText')}</p>
          <Link className="button primary" href="/">
            {t('findEvents')}
          </Link>
        </div>
      )}
      {typeof bookings === 'object' && (
        <List bookings={bookings} more={more} onMore={() => void loadMore(bookings)} />
      )}
    </div>
  );
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
              <span className={`badge ${booking.status.toLowerCase()}`}>{t(`status${booking.status}`)}</span>
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

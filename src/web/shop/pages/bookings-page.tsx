import { useCallback, useEffect, useState } from 'react';
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
  const load = useCallback(async (before: Bookings) => {
    try {
      const { viewer } = await ask(MyBookingsDocument, { after: before.next });
      setBookings(viewer === null ? none : append(before, viewer.bookings));
    } catch (error) {
      setBookings(error instanceof SessionOverError ? none : 'failed');
    }
  }, []);
  useEffect(() => void load(none), [load]);
  return (
    <div className="page narrow">
      <PageTitle title={t('myBookings')}>{t('myBookings')}</PageTitle>
      <p className="soft">{t('bookingsOfThisBrowser')}</p>
      {bookings === 'loading' && <Loading lines={4} />}
      {bookings === 'failed' && <LoadFailed onRetry={() => void load(none)} />}
      {typeof bookings === 'object' && bookings.list.length === 0 && (
        <div className="empty">
          <h2>{t('noBookings')}</h2>
          <p>{t('noBookingsText')}</p>
          <Link className="button primary" href="/">
            {t('findEvents')}
          </Link>
        </div>
      )}
      {typeof bookings === 'object' && <List bookings={bookings} onMore={() => void load(bookings)} />}
    </div>
  );
}

function append(before: Bookings, { edges, pageInfo }: Connection): Bookings {
  return {
    list: [...before.list, ...edges.map(({ node }) => node)],
    next: pageInfo.hasNextPage ? pageInfo.endCursor : null,
  };
}

function List({ bookings, onMore }: { readonly bookings: Bookings; readonly onMore: () => void }) {
  return (
    <>
      <ul className="bookings">
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
      {bookings.next !== null && (
        <button type="button" className="more" onClick={onMore}>
          {t('moreBookings')}
        </button>
      )}
    </>
  );
}

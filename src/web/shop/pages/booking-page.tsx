import { useCallback, useEffect, useState } from 'react';
import { Link } from 'wouter';
import { eventAddress } from '../api/addresses.ts';
import { listenToOtherTabs, notifyOtherTabs } from '../api/other-tabs.ts';
import type { Booking } from '../api/problem.ts';
import { isSessionOver, useToken } from '../api/session.ts';
import { HoldCard } from '../event/hold-card.tsx';
import { SeatLines } from '../event/seat-lines.tsx';
import { readBooking, useBookingActions, useLiveBooking } from '../event/use-booking.ts';
import { announce } from '../parts/announcer.tsx';
import { PageTitle } from '../parts/page-title.tsx';
import { ProblemNotice } from '../parts/problem-notice.tsx';
import { LoadFailed, Loading, Notice } from '../parts/states.tsx';
import { focusOnMount, useKeptFocus } from '../parts/use-kept-focus.ts';
import { useHasPassed } from '../parts/use-server-time.ts';
import { formatDateTime, formatMoney } from '../text/format.ts';
import { t } from '../text/i18n.ts';
import { saveBooking } from './save-booking.ts';

export function BookingPage({ id }: { readonly id: string }) {
  const token = useToken();
  const [booking, setBooking] = useState<Booking | 'loading' | 'failed' | null>('loading');
  const [eventId, setEventId] = useState<string | null>(null);
  const change = useCallback((next: Booking | null) => {
    setBooking(next);
    if (next === null) return;
    setEventId(next.event.id);
    notifyOtherTabs(next);
  }, []);
  const load = useCallback(() => {
    readBooking(id).then(change, () => setBooking('failed'));
    // Another session has other bookings.
  }, [id, token, change]);
  useEffect(load, [load]);
  useEffect(() => listenToOtherTabs((other) => other.id === id && setBooking(other)), [id]);
  const page = useKeptFocus<HTMLDivElement>();
  return (
    <div ref={page}>
      {booking === 'loading' && <Loading lines={5} />}
      {booking === 'failed' && <LoadFailed onRetry={load} />}
      {booking === null && (isSessionOver() ? <SessionOver eventId={eventId} /> : <UnknownBooking />)}
      {booking !== null && typeof booking === 'object' && <Known booking={booking} onChange={change} />}
    </div>
  );
}

interface Props {
  readonly booking: Booking;
  readonly onChange: (booking: Booking) => void;
}

function Known({ booking, onChange }: Props) {
  return (
    <div className="page narrow booking">
      {booking.status === 'HOLD' ? (
        <>
          <PageTitle title={t('yourHold')}>
            <bdi>{booking.event.name}</bdi>
          </PageTitle>
          <EventLine booking={booking} />
          {booking.event.status === 'CANCELED' && <Notice kind="warning" title={t('eventCanceled')} />}
          <HoldCard hold={booking} onChange={onChange} />
          <Link className="button" href={eventAddress(booking.event.id)}>
            {t('toEvent')}
          </Link>
        </>
      ) : (
        <Finished booking={booking} onChange={onChange} />
      )}
    </div>
  );
}

function UnknownBooking() {
  return (
    <div className="page narrow">
      <PageTitle title={t('bookingNotFound')}>{t('bookingNotFound')}</PageTitle>
      <p>{t('bookingNotFoundText')}</p>
      <Link className="button primary" href="/bookings">
        {t('myBookings')}
      </Link>
    </div>
  );
}

/** `eventId` is null if the booking was never shown. */
function SessionOver({ eventId }: { readonly eventId: string | null }) {
  return (
    <div className="page narrow" role="alert">
      <PageTitle title={t('sessionOverTitle')}>{t('sessionOverTitle')}</PageTitle>
      <p>{t('sessionOverBooking')}</p>
      <Link className="button primary" href={eventId === null ? '/' : eventAddress(eventId)}>
        {t(eventId === null ? 'allEvents' : 'chooseAgain')}
      </Link>
    </div>
  );
}

function EventLine({ booking }: { readonly booking: Booking }) {
  const { event } = booking;
  return (
    <p className="event-line">
      <time dateTime={event.startsAt}>{formatDateTime(event.startsAt, event.venue.timeZone)}</time>
      <bdi>{event.venue.name}</bdi>
    </p>
  );
}

function Finished({ booking, onChange }: Props) {
  const { status, event } = booking;
  const title = t(`title${status}`);
  return (
    <>
      <div className={`verdict ${status.toLowerCase()}`}>
        <span className="mark" aria-hidden="true">
          <svg viewBox="0 0 20 20" width="28" height="28">
            <path d={status === 'CONFIRMED' ? 'M4 10.5l4 4l8 -9' : 'M5 10h10'} />
          </svg>
        </span>
        <div>
          <PageTitle title={title}>{title}</PageTitle>
          <p className={status === 'CONFIRMED' ? 'no-print' : undefined}>{t(`text${status}`)}</p>
        </div>
      </div>
      {event.status === 'CANCELED' && <Notice kind="warning" title={t('eventCanceled')} />}
      <section className="card ticket" aria-label={t('bookingDetails')}>
        <h2>
          <bdi>{event.name}</bdi>
        </h2>
        <EventLine booking={booking} />
        <SeatLines seats={booking.seats} />
        <p className="total">
          <span>{t('total')}</span> <b>{formatMoney(booking.total)}</b>
        </p>
        <p className="booking-number">
          <span className="soft">{t('bookingNumber')}</span> <b>{booking.number}</b>
        </p>
      </section>
      {status === 'CONFIRMED' ? (
        <ConfirmedActions booking={booking} onChange={onChange} />
      ) : (
        <Link className="button primary" href={eventAddress(event.id)}>
          {t('chooseAgain')}
        </Link>
      )}
    </>
  );
}

function ConfirmedActions({ booking, onChange }: Props) {
  const actions = useBookingActions({
    id: booking.id,
    possible: ['cancel'],
    onChange,
    onDone: () => announce(t('titleCANCELED')),
  });
  useLiveBooking(booking.id, onChange);
  const [asks, setAsks] = useState(false);
  const [wasAsked, setWasAsked] = useState(false);
  const { event } = booking;
  const isTooLate = useHasPassed(event.cancelableUntil);
  const canCancel = event.buyersMayCancel && !isTooLate && event.status !== 'CANCELED';
  const answerNo = () => {
    setAsks(false);
    setWasAsked(true);
  };
  return (
    <div className="actions no-print">
      {actions.problem !== null && (
        <ProblemNotice problem={actions.problem} timeZone={event.venue.timeZone} />
      )}
      {actions.isUnknown && <p role="alert">{t('unknownCancel')}</p>}
      <div className="choices">
        <button type="button" className="primary" onClick={() => window.print()}>
          {t('print')}
        </button>
        <button type="button" onClick={() => saveBooking(booking)}>
          {t('save')}
        </button>
        <Link className="button" href={eventAddress(event.id)}>
          {t('toEvent')}
        </Link>
        {canCancel && !asks && (
          <button type="button" ref={wasAsked ? focusOnMount : null} onClick={() => setAsks(true)}>
            {t('cancelBooking')}
          </button>
        )}
      </div>
      {canCancel && asks && (
        <div
          className="notice warning"
          role="group"
          tabIndex={-1}
          ref={focusOnMount}
          aria-label={t('cancelBooking')}
        >
          <div>
            <strong>{t('cancelQuestion')}</strong>
            <p>{t('cancelConsequence')}</p>
            <div className="choices">
              <button type="button" disabled={actions.running !== null} onClick={() => actions.run('cancel')}>
                {t('cancelYes')}
              </button>
              <button type="button" onClick={answerNo}>
                {t('cancelNo')}
              </button>
            </div>
          </div>
        </div>
      )}
      <p className="soft small">
        {canCancel
          ? t('cancelableUntil', { time: formatDateTime(event.cancelableUntil, event.venue.timeZone) })
          : t('notCancelable')}
      </p>
      <p className="soft small">{t('onlyThisBrowser')}</p>
    </div>
  );
}

import { useCallback, useEffect, useState } from 'react';
import { Link } from 'wouter';
import { eventAddress } from '../api/addresses.ts';
import type { Booking } from '../api/problem.ts';
import { HoldCard } from '../event/hold-card.tsx';
import { SeatLines } from '../event/seat-lines.tsx';
import { readBooking, useBookingActions } from '../event/use-booking.ts';
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
  const [booking, setBooking] = useState<Booking | 'loading' | 'failed' | null>('loading');
  const load = useCallback(() => {
    readBooking(id).then(setBooking, () => setBooking('failed'));
  }, [id]);
  useEffect(load, [load]);
  const page = useKeptFocus<HTMLDivElement>();
  return (
    <div ref={page}>
      {booking === 'loading' && <Loading lines={5} />}
      {booking === 'failed' && <LoadFailed onRetry={load} />}
      {booking === null && <UnknownBooking />}
      {booking !== null && typeof booking === 'object' && <Known booking={booking} onChange={setBooking} />}
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
          <HoldCard hold={booking} onChange={onChange} />
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
          {status === 'CONFIRMED' ? '✓' : '–'}
        </span>
        <div>
          <PageTitle title={title}>{title}</PageTitle>
          <p>{t(`text${status}`)}</p>
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
        <p className="soft small">
          {t('bookingNumber')} <code>{booking.id}</code>
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
  const actions = useBookingActions(booking.id, onChange);
  const [asks, setAsks] = useState(false);
  const [wasAsked, setWasAsked] = useState(false);
  const { event } = booking;
  const isTooLate = useHasPassed(event.cancelableUntil);
  const canCancel = event.buyersMayCancel && !isTooLate && event.status !== 'CANCELED';
  const cancel = async () => {
    if ((await actions.run('cancel')) !== null) announce(t('titleCANCELED'));
  };
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
              <button type="button" disabled={actions.running !== null} onClick={() => void cancel()}>
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

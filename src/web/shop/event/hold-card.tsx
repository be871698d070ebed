import { useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { bookingAddress } from '../api/addresses.ts';
import type { Booking } from '../api/problem.ts';
import { useIsReadOnly } from '../api/service.ts';
import { announce } from '../parts/announcer.tsx';
import { ProblemNotice } from '../parts/problem-notice.tsx';
import { useHoldTime } from '../parts/use-server-time.ts';
import { formatCountdown, formatMoney } from '../text/format.ts';
import { t } from '../text/i18n.ts';
import { SeatLines } from './seat-lines.tsx';
import { useBookingActions, useLiveBooking, type BookingActions } from './use-booking.ts';

interface Props {
  readonly hold: Booking;
  readonly onChange: (booking: Booking) => void;
}

/** A standing hold: what it is, how long it lasts, and what can be done with it. */
export function HoldCard({ hold, onChange }: Props) {
  const [, navigate] = useLocation();
  const actions = useBookingActions({
    id: hold.id,
    possible: ['confirm', 'extend', 'release'],
    onChange,
    onDone(action, { id }) {
      if (action === 'extend') announce(t('extended'));
      if (action === 'release') announce(t('released'));
      if (action === 'confirm' && location.pathname !== bookingAddress(id)) navigate(bookingAddress(id));
    },
  });
  useLiveBooking(hold.id, onChange);
  return (
    <section className="card hold" aria-label={t('yourHold')}>
      <div className="hold-head">
        <h2 tabIndex={-1}>{t('yourHold')}</h2>
        <HoldCountdown hold={hold} />
      </div>
      <SeatLines seats={hold.seats} />
      <p className="total">
        <span>{t('total')}</span> <b>{formatMoney(hold.total)}</b>
      </p>
      {actions.isUnknown && (
        <p className="notice warning" role="alert">
          {t(actions.running === 'confirm' ? 'unknownConfirm' : 'unknownChange')}
        </p>
      )}
      {actions.problem !== null && (
        <ProblemNotice problem={actions.problem} timeZone={hold.event.venue.timeZone} />
      )}
      <div className="actions">
        <button
          type="button"
          className="primary wide"
          disabled={actions.running !== null}
          onClick={() => actions.run('confirm')}
        >
          {actions.running === 'confirm' ? t('confirming') : t('confirm', { price: formatMoney(hold.total) })}
        </button>
        <HoldChoices hold={hold} actions={actions} />
      </div>
      <p className="soft small">{t('noFees')}</p>
    </section>
  );
}

function HoldChoices({ hold, actions }: { readonly hold: Booking; readonly actions: BookingActions }) {
  const { holdExtensionSeconds } = hold.event;
  const canExtend = holdExtensionSeconds !== null && hold.extendedAt === null;
  return (
    <div className="choices">
      {canExtend && (
        <button type="button" disabled={actions.running !== null} onClick={() => actions.run('extend')}>
          {t('extend', { minutes: Math.round(holdExtensionSeconds / 60), seconds: holdExtensionSeconds })}
        </button>
      )}
      <button type="button" disabled={actions.running !== null} onClick={() => actions.run('release')}>
        {t('release')}
      </button>
    </div>
  );
}

/** Remaining times in seconds at which the countdown is announced. */
const ANNOUNCED_AT = [120, 30];

function HoldCountdown({ hold }: { readonly hold: Booking }) {
  const now = useHoldTime(hold.holdExpiresAt);
  const isReadOnly = useIsReadOnly();
  const expiresAt = Date.parse(hold.holdExpiresAt);
  const [length] = useState(() => expiresAt - Date.parse(hold.createdAt));
  // The clock is known to half a second. A new hold must not show more than its whole time.
  const remainingMs = Math.min(expiresAt - now, Math.max(length, expiresAt - Date.parse(hold.createdAt)));
  const seconds = Math.ceil(remainingMs / 1_000);
  const previous = useRef(seconds);
  useEffect(() => {
    const passed = ANNOUNCED_AT.find((at) => previous.current > at && seconds <= at);
    if (passed !== undefined && seconds > 0) announce(t('timeLeft', { seconds: passed }));
    previous.current = seconds;
  }, [seconds]);
  // The hold stands, and nobody knows yet how much time is left.
  if (isReadOnly && remainingMs <= 0) return null;
  const share = Math.max(0, Math.min(1, remainingMs / length));
  return (
    <div className={seconds <= 60 ? 'countdown urgent' : 'countdown'}>
      <span role="timer" aria-label={t('timeLeftLabel')}>
        {formatCountdown(remainingMs)}
      </span>
      <progress value={share} max={1} aria-hidden="true" />
    </div>
  );
}

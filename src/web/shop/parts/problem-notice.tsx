import { useEffect, useRef, type ReactNode } from 'react';
import type { Problem } from '../api/problem.ts';
import { formatDateTime } from '../text/format.ts';
import { t } from '../text/i18n.ts';

interface Words {
  readonly title: string;
  readonly text: string;
}

/** Returns what happened and what to do next, in the buyer's words. */
function describeProblem(problem: Problem, timeZone: string): Words {
  switch (problem.kind) {
    case 'api':
      return describeApiError(problem.error, timeZone);
    case 'no-answer':
      return { title: t('noAnswerTitle'), text: t('noAnswerText') };
    case 'session-over':
      return { title: t('sessionOverTitle'), text: t('sessionOverText') };
    case 'request-expired':
      return { title: t('requestExpiredTitle'), text: t('requestExpiredText') };
    case 'unexpected':
      return { title: t('unexpectedTitle'), text: t('unexpectedText') };
  }
}

type ApiError = Extract<Problem, { kind: 'api' }>['error'];

function describeApiError(error: ApiError, timeZone: string): Words {
  const seconds = 'retryAfterSeconds' in error ? error.retryAfterSeconds : 1;
  switch (error.code) {
    case 'SEATS_UNAVAILABLE': {
      const seats = 'unavailableSeats' in error ? error.unavailableSeats : [];
      if (seats.length === 0) return { title: t('tooFewSeatsTitle'), text: t('tooFewSeatsText') };
      const labels = seats.map(({ label }) => label).join('; ');
      return { title: t('seatsTakenTitle', { count: seats.length }), text: t('seatsTakenText', { labels }) };
    }
    case 'SEAT_LIMIT_EXCEEDED': {
      const limit = 'limit' in error ? error.limit : 0;
      return { title: t('seatLimitTitle'), text: t('seatLimitText', { limit }) };
    }
    case 'EVENT_NOT_ON_SALE':
      return describeNotOnSale(error, timeZone);
    case 'BOOKING_STATE': {
      const status = 'bookingStatus' in error ? error.bookingStatus : 'HOLD';
      return { title: t('bookingStateTitle'), text: t(`bookingIs${status}`) };
    }
    case 'CANCELLATION_REFUSED': {
      const until = 'cancelableUntil' in error ? error.cancelableUntil : null;
      const text =
        until === null
          ? t('cancelNotAllowed')
          : t('cancelTooLate', { time: formatDateTime(until, timeZone) });
      return { title: t('cancelRefusedTitle'), text };
    }
    case 'ORPHAN_SEATS':
      return { title: t('orphanTitle'), text: t('orphanText') };
    case 'BUSY':
      return { title: t('busyTitle'), text: t('busyText', { seconds }) };
    case 'RATE_LIMITED':
      return { title: t('rateLimitedTitle'), text: t('rateLimitedText', { seconds }) };
    case 'CHALLENGE_REQUIRED':
      return { title: t('challengeTitle'), text: t('challengeText') };
    case 'READ_ONLY':
      return { title: t('readOnlyTitle'), text: t('readOnlyText', { seconds }) };
    case 'HOLD_EXPIRED':
      return { title: t('holdExpiredTitle'), text: t('holdExpiredText') };
    case 'EXTENSION_REFUSED':
      return { title: t('extensionRefusedTitle'), text: t('extensionRefusedText') };
    case 'ADMISSION_REQUIRED':
      return { title: t('admissionTitle'), text: t('admissionText') };
    case 'NOT_FOUND':
      return { title: t('notFoundTitle'), text: t('notFoundText') };
    case 'IDEMPOTENCY_CONFLICT':
    case 'INVALID_INPUT':
      return { title: t('invalidTitle'), text: t('invalidText') };
  }
}

function describeNotOnSale(error: ApiError, timeZone: string): Words {
  const title = t('notOnSaleTitle');
  if (!('eventStatus' in error)) return { title, text: t('notOnSaleText') };
  if (error.eventStatus === 'CANCELED') return { title, text: t('eventCanceled') };
  if (error.eventStatus === 'PAUSED') return { title, text: t('eventPaused') };
  if (error.eventStatus === 'ENDED') return { title, text: t('eventEnded') };
  return { title, text: t('saleFrom', { time: formatDateTime(error.onSaleAt, timeZone) }) };
}

interface Props {
  readonly problem: Problem;
  readonly timeZone: string;
  /** The next step. */
  readonly children?: ReactNode;
}

/** Tells what went wrong. It takes the focus, because the button that caused it may be gone. */
export function ProblemNotice({ problem, timeZone, children }: Props) {
  const { title, text } = describeProblem(problem, timeZone);
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => element.current?.focus(), [problem]);
  return (
    <div className="notice warning" role="alert" tabIndex={-1} ref={element}>
      <div>
        <strong>{title}</strong>
        <p>{text}</p>
        {children}
      </div>
    </div>
  );
}

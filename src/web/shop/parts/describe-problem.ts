import type { Problem } from '../api/problem.ts';
import { formatDateTime, formatWait } from '../text/format.ts';
import { t } from '../text/i18n.ts';
import { getSeatLabel } from '../text/seat-label.ts';

interface Words {
  readonly title: string;
  readonly text: string;
}

/** Returns what happened and what to do next, in the buyer's words. */
export function describeProblem(problem: Problem, timeZone: string): Words {
  switch (problem.kind) {
    case 'api':
      return describeApiError(problem.error, timeZone);
    case 'no-answer':
      return { title: t('noAnswerTitle'), text: t('noAnswerText') };
    case 'session-over':
      return {
        title: t('sessionOverTitle'),
        text: t(problem.isUnknown ? 'sessionOverUnknown' : 'sessionOverText'),
      };
    case 'request-expired':
      return { title: t('requestExpiredTitle'), text: t('requestExpiredText') };
    case 'unexpected':
      return { title: t('unexpectedTitle'), text: t('unexpectedText') };
  }
}

type ApiError = Extract<Problem, { kind: 'api' }>['error'];

function describeApiError(error: ApiError, timeZone: string): Words {
  const seconds = 'retryAfterSeconds' in error ? error.retryAfterSeconds : 1;
  const time = formatWait(seconds);
  switch (error.code) {
    case 'SEATS_UNAVAILABLE': {
      const seats = 'unavailableSeats' in error ? error.unavailableSeats : [];
      if (seats.length === 0) return { title: t('tooFewSeatsTitle'), text: t('tooFewSeatsText') };
      const labels = seats.map(getSeatLabel).join('; ');
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
      return { title: t('busyTitle'), text: t('busyText', { time }) };
    case 'RATE_LIMITED':
      return describeRateLimit(seconds);
    case 'CHALLENGE_REQUIRED':
      return { title: t('challengeTitle'), text: t('challengeText') };
    case 'READ_ONLY':
      return { title: t('readOnlyTitle'), text: t('readOnlyText', { time }) };
    case 'HOLD_EXPIRED':
      return { title: t('holdExpiredTitle'), text: t('holdExpiredText') };
    case 'EXTENSION_REFUSED':
      return { title: t('extensionRefusedTitle'), text: t('extensionRefusedText') };
    case 'ADMISSION_REQUIRED':
      return { title: t('admissionTitle'), text: t('admissionText') };
    case 'NOT_FOUND':
      return { title: t('notFoundTitle'), text: t('notFoundText') };
    case 'IDEMPOTENCY_CONFLICT':
      return { title: t('conflictTitle'), text: t('conflictText') };
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

/** Refusals of rate limits are short. Those of minutes are cool-downs, and those of hours close the event to the buyer. */
const COOL_DOWN_FROM_SECONDS = 60;
const CLOSED_FROM_SECONDS = 3_600;

function describeRateLimit(seconds: number): Words {
  const time = formatWait(seconds);
  if (seconds >= CLOSED_FROM_SECONDS) return { title: t('closedTitle'), text: t('closedText', { time }) };
  if (seconds >= COOL_DOWN_FROM_SECONDS)
    return { title: t('coolDownTitle'), text: t('coolDownText', { time }) };
  return { title: t('rateLimitedTitle'), text: t('rateLimitedText', { time }) };
}

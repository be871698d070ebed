import { useEffect, useId, useState } from 'react';
import type { Booking, Problem } from '../api/problem.ts';
import type { SeatLineFragment } from '../api/operations/fragments.ts';
import type { EventDetails } from './load-event.ts';
import { announce } from '../parts/announcer.tsx';
import { ProblemNotice } from '../parts/problem-notice.tsx';
import { Notice } from '../parts/states.tsx';
import type { SeatStore } from '../seats/seat-store.ts';
import { formatMoney } from '../text/format.ts';
import { t } from '../text/i18n.ts';
import { isolate } from '../text/isolate.ts';
import { getSeatLabel } from '../text/seat-label.ts';
import { LostHolds } from './lost-holds.tsx';
import { SeatLines } from './seat-lines.tsx';
import type { Holding } from './use-holding.ts';

interface Props {
  readonly event: EventDetails;
  readonly store: SeatStore;
  readonly selected: ReadonlySet<number>;
  readonly holding: Holding;
  /** The last hold of this page, if it has expired or was released elsewhere. */
  readonly ended: Booking | null;
  readonly onEndedRead: () => void;
  /** Holds of a session that has ended. */
  readonly lost: readonly Booking[];
  readonly onLostRead: () => void;
  /** Seats that the buyer can still have. */
  readonly limit: number;
  readonly onToggle: (index: number) => void;
  readonly onSelect: (indexes: readonly number[]) => void;
  readonly onHold: () => void;
  readonly onDismiss: () => void;
}

/** The selection, which is not held yet, and what came of the last attempt to hold it. */
export function Basket(props: Props) {
  const { event, store, selected, limit } = props;
  const seats = [...selected].toSorted((a, b) => a - b).map((index) => toLine(store, index));
  const total = seats.reduce((sum, { priceTier }) => sum + priceTier.price.amount, 0);
  const currency = store.layout.tiers[0]?.currency ?? 'EUR';
  const price = formatMoney({ amount: total, currency });
  const [isOpen, setOpen] = useState(false);
  const details = useId();
  if (isOpen && seats.length === 0) setOpen(false);
  return (
    <section className={isOpen ? 'card selection open' : 'card selection'} aria-label={t('selection')}>
      <h2 tabIndex={-1}>{t('selection')}</h2>
      <Messages {...props} />
      {seats.length === 0 ? (
        <p className="soft">
          {limit > 0 ? t('selectionEmpty') : t('limitReached', { limit: event.seatLimit })}
        </p>
      ) : (
        <>
          <div className="selection-details" id={details}>
            <SeatLines seats={seats} onRemove={props.onToggle} />
            <p className="total">
              <span>{t('total')}</span> <b>{price}</b>
            </p>
            {event.orphanRule === 'FORBID' && <p className="soft small">{t('orphanRule')}</p>}
          </div>
          <div className="selection-bar">
            <button
              type="button"
              className="selection-toggle"
              aria-expanded={isOpen}
              aria-controls={details}
              onClick={() => setOpen(!isOpen)}
            >
              <span className="visually-hidden">{t('selection')}: </span>
              <span className="selection-sum">
                {t('seatCount', { count: seats.length })} <b>{price}</b>
              </span>
              <svg viewBox="0 0 20 20" width="16" height="16" aria-hidden="true">
                <path d={isOpen ? 'M5 8l5 5l5 -5' : 'M5 12l5 -5l5 5'} />
              </svg>
            </button>
            <HoldButton {...props} count={seats.length} price={price} />
          </div>
          <p className="soft small">{t('holdExplained', { limit: event.seatLimit })}</p>
        </>
      )}
    </section>
  );
}

interface HoldButtonProps extends Pick<Props, 'holding' | 'onHold'> {
  readonly count: number;
  readonly price: string;
}

function HoldButton({ holding, count, price, onHold }: HoldButtonProps) {
  const isIdle = holding.state === 'idle';
  return (
    <button type="button" className="primary wide hold-button" disabled={!isIdle} onClick={onHold}>
      {isIdle ? (
        <>
          {t('hold', { count })}
          <span className="hold-price"> · {price}</span>
        </>
      ) : (
        t('holding')
      )}
    </button>
  );
}

function toLine({ layout }: SeatStore, index: number): SeatLineFragment {
  const tier = layout.tiers[layout.tier[index] ?? 0];
  return {
    id: layout.seatIds[index] ?? '',
    index,
    label: layout.labels[index] ?? '',
    section: layout.sections[layout.section[index] ?? 0] ?? '',
    row: layout.row[index] ?? '',
    number: layout.number[index] ?? '',
    priceTier: {
      name: tier?.name ?? '',
      price: { amount: tier?.amount ?? 0, currency: tier?.currency ?? 'EUR' },
    },
  };
}

function Messages(props: Props) {
  const { event, store, holding, ended, lost, onSelect, onDismiss, onEndedRead } = props;
  // What was held says more than that nothing was held.
  const problem = lost.length > 0 && holding.problem?.kind === 'session-over' ? null : holding.problem;
  const take = (indexes: readonly number[]) => {
    onDismiss();
    onSelect(indexes);
  };
  return (
    <>
      <HoldingState holding={holding} />
      {problem !== null && (
        <ProblemNotice problem={problem} timeZone={event.venue.timeZone}>
          <div className="choices">
            {getAlternatives(problem).map((seats) => (
              <button key={seats[0]?.id} type="button" onClick={() => take(seats.map(({ index }) => index))}>
                {seats.map((seat) => isolate(getSeatLabel(seat))).join('; ')}
              </button>
            ))}
            <button type="button" onClick={onDismiss}>
              {t('understood')}
            </button>
          </div>
        </ProblemNotice>
      )}
      {lost.length > 0 && <LostHolds {...{ lost, store, onSelect }} onRead={props.onLostRead} />}
      {ended !== null && <Ended booking={ended} {...{ store, onSelect, onEndedRead }} />}
    </>
  );
}

function getAlternatives(problem: Problem) {
  return problem.kind === 'api' && 'alternatives' in problem.error ? problem.error.alternatives : [];
}

/** What happens to a request that has no answer yet. */
function HoldingState({ holding: { state, ahead } }: Pick<Props, 'holding'>) {
  if (state === 'unknown') {
    return (
      <p className="notice warning floating" role="alert">
        {t('unknownHold')}
      </p>
    );
  }
  if (state !== 'queued' && state !== 'solving') return null;
  return (
    <p className="notice info floating" role="status">
      {state === 'solving' && `${t('challengeTitle')}: ${t('challengeText')}`}
      {state === 'queued' && (ahead === null ? t('queuedSoon') : t('queued', { count: ahead }))}
    </p>
  );
}

interface EndedProps {
  readonly booking: Booking;
  readonly store: SeatStore;
  readonly onSelect: (indexes: readonly number[]) => void;
  readonly onEndedRead: () => void;
}

/** Offers the seats of a hold that has ended again, as far as they are free. */
function Ended({ booking, store, onSelect, onEndedRead }: EndedProps) {
  const isExpired = booking.status === 'EXPIRED';
  const title = t(isExpired ? 'holdExpiredTitle' : 'releasedElsewhereTitle');
  useEffect(() => announce(title), [title]);
  const selectAgain = () => {
    onSelect(
      booking.seats.map(({ index }) => index).filter((index) => store.statusOf(index) === 'AVAILABLE'),
    );
    onEndedRead();
  };
  return (
    <Notice kind="warning" title={title}>
      <p>{t(isExpired ? 'holdExpiredText' : 'releasedElsewhereText')}</p>
      <div className="choices">
        <button type="button" onClick={selectAgain}>
          {t('selectAgain')}
        </button>
        <button type="button" onClick={onEndedRead}>
          {t('understood')}
        </button>
      </div>
    </Notice>
  );
}

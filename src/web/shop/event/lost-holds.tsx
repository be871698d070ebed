import { useEffect, useRef } from 'react';
import type { Booking } from '../api/problem.ts';
import type { SeatStore } from '../seats/seat-store.ts';
import { formatTime } from '../text/format.ts';
import { t } from '../text/i18n.ts';
import { isolate } from '../text/isolate.ts';
import { getSeatLabel } from '../text/seat-label.ts';
import { isPerhapsConfirmed } from './use-booking.ts';
import { useSummary } from './use-seats.ts';

interface Props {
  /** Holds of a session that has ended. At least one. */
  readonly lost: readonly Booking[];
  readonly store: SeatStore;
  readonly onSelect: (indexes: readonly number[]) => void;
  readonly onRead: () => void;
}

/** Explains that the holds of an ended session cannot be used, and offers their seats as soon as the server has freed them. */
export function LostHolds({ lost, store, onSelect, onRead }: Props) {
  const notice = useRef<HTMLDivElement>(null);
  useEffect(() => notice.current?.focus(), []);
  const seats = lost.flatMap((hold) => hold.seats);
  useSummary(store);
  // The end of a session may interrupt the live map, which shows old states until it has caught up.
  const isLive = store.state === 'live';
  const free = seats.flatMap(({ index }) => (isLive && store.statusOf(index) === 'AVAILABLE' ? index : []));
  // Nobody has learned whether these are confirmed.
  const perhaps = lost.filter(({ id }) => isPerhapsConfirmed(id));
  const last =
    lost
      .map(({ holdExpiresAt }) => holdExpiresAt)
      .toSorted()
      .at(-1) ?? '';
  return (
    <div className="notice warning" role="alert" tabIndex={-1} ref={notice}>
      <div>
        <strong>{t('sessionOverTitle')}</strong>
        <p>
          {t('sessionOverHolds', { labels: seats.map((seat) => isolate(getSeatLabel(seat))).join('; ') })}{' '}
          {perhaps.length === 0
            ? t('sessionOverUntil', { time: formatTime(last) })
            : t('sessionOverPerhaps', {
                number: perhaps.map(({ number }) => number).join(', '),
                time: formatTime(last),
              })}
        </p>
        <div className="choices">
          <button
            type="button"
            disabled={free.length === 0}
            onClick={() => {
              onSelect(free);
              onRead();
            }}
          >
            {t('selectAgain')}
          </button>
          <button type="button" onClick={onRead}>
            {t('chooseOthers')}
          </button>
        </div>
      </div>
    </div>
  );
}

import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { EventDetailsDocument } from '../api/operations.ts';
import type { EventDetails } from '../event/event-details.ts';
import { SaleCountdown } from '../event/sale-countdown.tsx';
import { SeatChooser } from '../event/seat-chooser.tsx';
import { announce } from '../parts/announcer.tsx';
import { PageTitle } from '../parts/page-title.tsx';
import { LoadFailed, Loading, Notice } from '../parts/states.tsx';
import { useLoaded } from '../parts/use-loaded.ts';
import { useHasPassed } from '../parts/use-server-time.ts';
import { formatDateTime, formatMoney } from '../text/format.ts';
import { t } from '../text/i18n.ts';
import { isolate } from '../text/isolate.ts';
import { playTurnSound } from '../waiting/turn-signal.ts';
import { useWaitingRoom } from '../waiting/use-waiting-room.ts';
import { NotFoundPage } from './not-found-page.tsx';

const WaitingRoomView = lazy(async () => ({
  default: (await import('../waiting/waiting-room-view.tsx')).WaitingRoomView,
}));

export function EventPage({ id }: { readonly id: string }) {
  const [loaded, reload] = useLoaded(EventDetailsDocument, { id });
  if (loaded.state === 'loading') return <Loading lines={5} />;
  if (loaded.state === 'failed') return <LoadFailed onRetry={reload} />;
  if (loaded.data.event === null) return <NotFoundPage />;
  return <EventView event={loaded.data.event} onReload={reload} />;
}

interface Props {
  readonly event: EventDetails;
  readonly onReload: () => void;
}

function EventView({ event, onReload }: Props) {
  const { timeZone, name } = event.venue;
  const prices = event.priceTiers.map(({ price }) => price).toSorted((a, b) => a.amount - b.amount);
  const [lowest, highest] = [prices[0], prices.at(-1)];
  return (
    <div className="page event">
      <header className="event-head">
        <PageTitle title={event.name}>
          <bdi>{event.name}</bdi>
        </PageTitle>
        <p className="event-line">
          <time dateTime={event.startsAt}>{formatDateTime(event.startsAt, timeZone)}</time>
          <bdi>{name}</bdi>
          {lowest !== undefined && highest !== undefined && (
            <span>
              {lowest.amount === highest.amount
                ? formatMoney(lowest)
                : t('priceRange', { lowest: formatMoney(lowest), highest: formatMoney(highest) })}
            </span>
          )}
        </p>
      </header>
      <Sale event={event} onReload={onReload} />
    </div>
  );
}

/** What the sale allows now. The page changes by itself when it starts and ends. */
function Sale({ event, onReload }: Props) {
  const hasStarted = useHasPassed(event.onSaleAt);
  const hasEnded = useHasPassed(event.saleEndsAt);
  const waiting = useWaitingRoom(event.id, event.waitingRoom);
  const { state } = waiting.room;
  const lastState = useRef(state);
  // The organizer may have moved the sale.
  useEffect(() => {
    if (state !== lastState.current) onReload();
    lastState.current = state;
  }, [state, onReload]);
  const isTurn = useTurnSignal(
    waiting.place !== null && waiting.room.state !== 'OFF' && waiting.isAdmitted,
    event.name,
  );
  const status = hasEnded && event.status === 'ON_SALE' ? 'ENDED' : event.status;
  const loseAdmission = () => {
    waiting.loseAdmission();
    waiting.join();
  };
  if (status === 'CANCELED') return <Closed title={t('eventCanceled')} text={t('eventCanceledText')} />;
  if (status === 'ENDED') return <Closed title={t('eventEnded')} text={t('eventEndedText')} />;
  if (waiting.room.state === 'LOBBY' || (hasStarted && !waiting.isAdmitted)) {
    return (
      <Suspense fallback={<Loading lines={4} />}>
        <WaitingRoomView eventId={event.id} waiting={waiting} timeZone={event.venue.timeZone} />
      </Suspense>
    );
  }
  if (!hasStarted) return <SaleCountdown event={event} />;
  return (
    <>
      {status === 'PAUSED' && (
        <Notice kind="warning" title={t('eventPaused')}>
          <p>{t('eventPausedText')}</p>
        </Notice>
      )}
      {isTurn && (
        <Notice kind="success" title={t('yourTurn')}>
          <p>{t('yourTurnText')}</p>
        </Notice>
      )}
      <SeatChooser event={event} onReload={onReload} onAdmissionRequired={loseAdmission} />
    </>
  );
}

function Closed({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <Notice kind="info" title={title}>
      <p>{text}</p>
    </Notice>
  );
}

/** Tells by a sound, the title and a message that the buyer's turn has come. Returns true from then on. */
function useTurnSignal(isTurn: boolean, eventName: string): boolean {
  const [before, setBefore] = useState(isTurn);
  const [hasCome, setCome] = useState(false);
  // While rendering, so that the seats do not appear before the message above them.
  if (isTurn !== before) {
    setBefore(isTurn);
    setCome(isTurn);
  }
  useEffect(() => {
    if (!hasCome) return;
    playTurnSound();
    announce(t('yourTurn'));
    document.title = `${t('yourTurn')} ${isolate(eventName)} – Sellout`;
  }, [hasCome, eventName]);
  return hasCome;
}

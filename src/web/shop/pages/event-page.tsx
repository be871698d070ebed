import { Suspense, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { events, type EventDetails } from '../event/load-event.ts';
import { SaleCountdown } from '../event/sale-countdown.tsx';
import { useEventNews } from '../event/use-event-news.ts';
import { SeatChooser } from '../event/seat-chooser.tsx';
import { announce } from '../parts/announcer.tsx';
import { loadLazily } from '../parts/load-lazily.ts';
import { PageTitle } from '../parts/page-title.tsx';
import { LoadFailed, Loading, Notice, Paused } from '../parts/states.tsx';
import { useLoaded } from '../parts/use-loaded.ts';
import { useHasPassed } from '../parts/use-server-time.ts';
import { formatDateTime, formatPriceRange } from '../text/format.ts';
import { t } from '../text/i18n.ts';
import { isolate } from '../text/isolate.ts';
import { playTurnSound } from '../waiting/turn-signal.ts';
import { useWaitingRoom } from '../waiting/use-waiting-room.ts';
import { NotFoundPage } from './not-found-page.tsx';

const WaitingRoomView = loadLazily(
  async () => (await import('../waiting/waiting-room-view.tsx')).WaitingRoomView,
);

const loadEvent = (id: string) => events.take(id);

export function EventPage({ id }: { readonly id: string }) {
  const [loaded, reload] = useLoaded(loadEvent, id);
  if (loaded.state === 'loading') return <Loading lines={5} />;
  if (loaded.state === 'failed') return <LoadFailed onRetry={reload} />;
  if (loaded.data === null) return <NotFoundPage />;
  return <EventView event={loaded.data} onReload={reload} />;
}

interface Props {
  readonly event: EventDetails;
  readonly onReload: () => void;
}

function EventView({ event, onReload }: Props) {
  const { timeZone, name } = event.venue;
  const range = formatPriceRange(event);
  return (
    <div className="page event">
      <header className="event-head">
        <PageTitle title={event.name}>
          <bdi>{event.name}</bdi>
        </PageTitle>
        <p className="event-line">
          <time dateTime={event.startsAt}>{formatDateTime(event.startsAt, timeZone)}</time>
          <bdi>{name}</bdi>
          {range !== null && <span className="price-range">{range}</span>}
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
  useEventNews(event, onReload);
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
  useAnnouncedStatus(status);
  const loseAdmission = () => {
    waiting.loseAdmission();
    waiting.join();
  };
  if (status === 'CANCELED') return <Closed title={t('eventCanceled')} text={t('eventCanceledText')} />;
  if (status === 'ENDED') return <Closed title={t('eventEnded')} text={t('eventEndedText')} />;
  // Below, because it may come later and must not move what is shown.
  const paused = status === 'PAUSED' && <Paused />;
  if (waiting.room.state === 'LOBBY' || (hasStarted && !waiting.isAdmitted)) {
    return (
      <>
        <Suspense fallback={<Loading lines={4} />}>
          <WaitingRoomView eventId={event.id} waiting={waiting} timeZone={event.venue.timeZone} />
        </Suspense>
        {paused}
      </>
    );
  }
  if (!hasStarted) {
    return (
      <>
        <SaleCountdown event={event} />
        {paused}
      </>
    );
  }
  return (
    <>
      {isTurn && (
        <Notice kind="success" title={t('yourTurn')}>
          <p>{t('yourTurnText')}</p>
        </Notice>
      )}
      <SeatChooser event={event} onReload={onReload} onAdmissionRequired={loseAdmission} />
    </>
  );
}

const statusTexts = {
  CANCELED: 'eventCanceled',
  ENDED: 'eventEnded',
  PAUSED: 'eventPaused',
  ON_SALE: 'eventOnSale',
  DRAFT: 'statePaused',
} as const;

/** Announces a change of the status, because what it shows appears far from where the buyer is. */
function useAnnouncedStatus(status: EventDetails['status']): void {
  const last = useRef(status);
  useEffect(() => {
    if (status !== last.current) announce(t(statusTexts[status]));
    last.current = status;
  }, [status]);
}

function Closed({ title, text }: { readonly title: string; readonly text: string }) {
  // It may replace a long page that was scrolled down.
  useLayoutEffect(() => window.scrollTo(0, 0), []);
  return (
    <>
      <Notice kind="info" title={title}>
        <p>{text}</p>
      </Notice>
      <Link className="button" href="/">
        {t('allEvents')}
      </Link>
    </>
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

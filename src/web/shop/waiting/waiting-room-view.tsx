import { useEffect, useRef } from 'react';
import { announce } from '../parts/announcer.tsx';
import { ProblemNotice } from '../parts/problem-notice.tsx';
import { Notice } from '../parts/states.tsx';
import { useKeptFocus } from '../parts/use-kept-focus.ts';
import { useHasPassed, useServerTime } from '../parts/use-server-time.ts';
import { formatCount, formatCountdown, formatDateTime } from '../text/format.ts';
import { t } from '../text/i18n.ts';
import { prepareSound } from './turn-signal.ts';
import { useDrawCheck } from './use-draw-check.ts';
import type { Place, WaitingRoom } from './use-waiting-room.ts';

interface LobbyProps {
  readonly waiting: WaitingRoom;
  readonly timeZone: string;
}

interface Props extends LobbyProps {
  readonly eventId: string;
}

/** What a buyer sees who is not admitted yet. */
export function WaitingRoomView({ eventId, waiting, timeZone }: Props) {
  const { room, place, isJoining, isSoldOut, problem } = waiting;
  const section = useKeptFocus<HTMLElement>();
  const isAsDrawn = useDrawCheck(eventId, waiting);
  usePreparedSound();
  return (
    <section className="card waiting" ref={section} aria-label={t('waitingRoom')}>
      <h2 tabIndex={-1}>{t('waitingRoom')}</h2>
      {isSoldOut && (
        <Notice kind="warning" title={t('soldOutEarlyTitle')}>
          <p>{t('soldOutEarlyText')}</p>
        </Notice>
      )}
      {room.state === 'LOBBY' && <Lobby waiting={waiting} timeZone={timeZone} />}
      {room.state === 'PAUSED' && (
        <Notice kind="info" title={t('roomPausedTitle')}>
          <p>{t('roomPausedText')}</p>
        </Notice>
      )}
      {place === null ? (
        <>
          <p>{room.state === 'DRAINING' ? t('roomDraining') : t('joinText')}</p>
          <LobbyGate room={room} timeZone={timeZone}>
            <button
              type="button"
              className="primary wide"
              disabled={isJoining || room.state === 'DRAINING'}
              onClick={() => waiting.join()}
            >
              {isJoining ? t('joining') : t('join')}
            </button>
          </LobbyGate>
        </>
      ) : (
        <YourPlace place={place} nowServing={room.nowServing} isLobby={room.state === 'LOBBY'} />
      )}
      {isAsDrawn !== null && <DrawResult isAsDrawn={isAsDrawn} />}
      {problem !== null && <ProblemNotice problem={problem} timeZone={timeZone} />}
      {place !== null && (
        <button type="button" className="quiet" onClick={() => waiting.leave()}>
          {t('leaveRoom')}
        </button>
      )}
    </section>
  );
}

/** Browsers play a sound only after the buyer has touched the page, which may be after a reload. */
function usePreparedSound(): void {
  useEffect(() => {
    window.addEventListener('pointerup', prepareSound);
    window.addEventListener('keydown', prepareSound);
    return () => {
      window.removeEventListener('pointerup', prepareSound);
      window.removeEventListener('keydown', prepareSound);
    };
  }, []);
}

interface GateProps {
  readonly room: WaitingRoom['room'];
  readonly timeZone: string;
  readonly children: React.ReactNode;
}

/** Shows when the lobby opens, or its children from then on. */
function LobbyGate({ room, timeZone, children }: GateProps) {
  const isOpen = useHasPassed(room.lobbyOpensAt ?? new Date(0).toISOString());
  if (isOpen || room.lobbyOpensAt === null) return children;
  return <p>{t('lobbyOpens', { time: formatDateTime(room.lobbyOpensAt, timeZone) })}</p>;
}

function Lobby({ waiting, timeZone }: LobbyProps) {
  const now = useServerTime();
  const { opensAt } = waiting.room;
  if (opensAt === null) return null;
  return (
    <div className="lobby">
      <p>{t('lobbyText', { time: formatDateTime(opensAt, timeZone) })}</p>
      <p className="big-count" role="timer" aria-label={t('saleStartsIn')}>
        {formatCountdown(Date.parse(opensAt) - now)}
      </p>
    </div>
  );
}

interface PlaceProps {
  readonly place: Place;
  readonly nowServing: number;
  readonly isLobby: boolean;
}

function YourPlace({ place, nowServing, isLobby }: PlaceProps) {
  const { number, chance } = place;
  const ahead = number === null ? null : Math.max(0, number - nowServing - 1);
  useEffect(() => {
    if (ahead !== null && (ahead % 100 === 0 || ahead < 10)) announce(t('aheadText', { count: ahead }));
  }, [ahead]);
  const lastChance = useRef(chance);
  useEffect(() => {
    if (chance !== lastChance.current) announce(`${t('chance')}: ${t(`chance${chance}`)}`);
    lastChance.current = chance;
  }, [chance]);
  if (isLobby || number === null || ahead === null) {
    return (
      <Notice kind="success" title={t('inLobbyTitle')}>
        <p>{t('inLobbyText')}</p>
      </Notice>
    );
  }
  if (number <= nowServing) {
    return (
      <Notice kind="success" title={t('calledTitle')}>
        <p>{t('calledText')}</p>
      </Notice>
    );
  }
  // The estimate is as old as the place. Fewer people are ahead now.
  const share = place.ahead !== null && place.ahead > 0 ? Math.min(1, ahead / place.ahead) : 1;
  const seconds = place.estimatedWaitSeconds === null ? null : place.estimatedWaitSeconds * share;
  return (
    <>
      <dl className="figures">
        <Figure name={t('yourNumber')} value={formatCount(number)} />
        <Figure name={t('ahead')} value={formatCount(ahead)} />
        <Figure name={t('estimate')} value={seconds === null ? '–' : formatEstimate(seconds)} />
        <Figure name={t('chance')} value={t(`chance${chance}`)} />
      </dl>
      <p className="soft">{t('keepWaiting')}</p>
    </>
  );
}

function DrawResult({ isAsDrawn }: { readonly isAsDrawn: boolean }) {
  const text = t(isAsDrawn ? 'numberAsDrawn' : 'numberDiffersTitle');
  useEffect(() => announce(text), [text]);
  if (isAsDrawn) return <p className="soft">{text}</p>;
  return (
    <Notice kind="warning" title={text}>
      <p>{t('numberDiffersText')}</p>
    </Notice>
  );
}

function Figure({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function formatEstimate(seconds: number): string {
  return seconds < 60 ? t('underAMinute') : t('aboutMinutes', { minutes: Math.ceil(seconds / 60) });
}

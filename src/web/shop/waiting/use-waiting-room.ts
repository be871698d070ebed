import { useCallback, useEffect, useRef, useState } from 'react';
import { ask, askPublic, client } from '../api/client.ts';
import { getServerTime } from '../api/clock.ts';
import { follow } from '../api/follow.ts';
import type { RoomFragment } from '../api/operations/fragments.ts';
import {
  ClaimAdmissionDocument,
  LeaveWaitingRoomDocument,
  WaitingRoomOfDocument,
  WaitingRoomUpdatesDocument,
  type Chance,
} from '../api/operations/waiting-room.ts';
import type { Problem } from '../api/problem.ts';
import { submit } from '../api/submit.ts';
import { joinRoom } from './join-room.ts';
import { readAdmission, readPlaceToken, writeAdmission, writePlaceToken } from './stored-place.ts';

export interface Place {
  readonly number: number | null;
  readonly ahead: number | null;
  readonly estimatedWaitSeconds: number | null;
  readonly chance: Chance;
}

export interface WaitingRoom {
  readonly room: RoomFragment;
  readonly place: Place | null;
  readonly isAdmitted: boolean;
  readonly isJoining: boolean;
  readonly isSoldOut: boolean;
  readonly problem: Problem | null;
  join(): void;
  leave(): void;
  /** Called when the server has refused a hold for want of an admission. */
  loseAdmission(): void;
}

const CLAIM_AGAIN_MS = 5_000;
const DRAWN_MS = 2_000;
const RENEW_BEFORE_MS = 30_000;
/** Mean time after which the estimate and the chance are read again, or the availability by those without a number. */
const LOOK_MS = 30_000;

/** Follows a waiting room, keeps the buyer's place in it, and claims and renews the admission. */
export function useWaitingRoom(eventId: string, initial: RoomFragment): WaitingRoom {
  const [room, isConnected] = useRoom(eventId, initial);
  const { place, isJoining, problem, join, refresh, forget } = usePlace(eventId);
  const isCalled = place?.number != null && (place.number === 0 || place.number <= room.nowServing);
  const admission = useAdmission(eventId, isCalled && room.state !== 'OFF', join);
  const isOff = room.state === 'OFF';
  // The place is read again when the room changes its state, after a reconnect, and after a reload.
  useEffect(() => {
    if (!isOff && isConnected && readPlaceToken(eventId) !== null) join();
  }, [eventId, isOff, isConnected, room.state, join]);
  // Who reads the place when the sale starts may be earlier than the draw, which gives the numbers.
  const isUndrawn = !isOff && room.state !== 'LOBBY' && place !== null && place.number === null;
  useEffect(() => {
    if (!isUndrawn) return;
    const timer = setTimeout(join, DRAWN_MS * (0.5 + Math.random()));
    return () => clearTimeout(timer);
  }, [isUndrawn, place, join]);
  const isWaiting = !isOff && !admission.isAdmitted;
  const hasNumber = place?.number != null;
  useRegularLook(isWaiting && hasNumber && !isCalled, refresh);
  const isSoldOut = useSoldOut(eventId, isWaiting && !hasNumber) || place?.chance === 'NONE';
  const leave = () => {
    forget();
    admission.lose();
    // If this is lost, the server gives the place away when it is called and not claimed.
    void Promise.allSettled([ask(LeaveWaitingRoomDocument, { eventId })]);
  };
  return {
    room,
    place,
    isAdmitted: isOff || admission.isAdmitted,
    isJoining,
    isSoldOut,
    problem,
    join,
    leave,
    loseAdmission: admission.lose,
  };
}

function useRoom(eventId: string, initial: RoomFragment): [RoomFragment, boolean] {
  const [room, setRoom] = useState(initial);
  const [isConnected, setConnected] = useState(false);
  useEffect(() => {
    const following = follow(
      () => client.subscription(WaitingRoomUpdatesDocument, { eventId }),
      ({ data, isOver }) => {
        if (data !== undefined) setRoom(data.waitingRoomUpdates);
        setConnected(!isOver);
      },
    );
    return () => following.stop();
  }, [eventId]);
  return [room, isConnected];
}

function usePlace(eventId: string) {
  const [place, setPlace] = useState<Place | null>(null);
  const [isJoining, setJoining] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const running = useRef(false);
  const join = useCallback(() => {
    if (running.current) return;
    running.current = true;
    setJoining(true);
    void joinRoom(eventId, readPlaceToken(eventId), setProblem).then((outcome) => {
      running.current = false;
      setJoining(false);
      setProblem(outcome.ok ? null : outcome.problem);
      if (outcome.ok) {
        writePlaceToken(eventId, outcome.value.placeToken);
        setPlace(outcome.value);
      } else if (outcome.problem.kind === 'api' && outcome.problem.error.code === 'INVALID_INPUT') {
        // A place of an earlier session.
        writePlaceToken(eventId, null);
      }
    });
  }, [eventId]);
  const refresh = useCallback(async () => {
    const token = readPlaceToken(eventId);
    // Another tab has left the room.
    if (token === null) return setPlace(null);
    if (running.current) return;
    const outcome = await joinRoom(eventId, token, () => {});
    // A refusal changes nothing: what was known before stays true until the next look.
    if (outcome.ok) setPlace((before) => (before === null ? null : outcome.value));
  }, [eventId]);
  const forget = () => {
    writePlaceToken(eventId, null);
    setPlace(null);
  };
  return { place, isJoining, problem, join, refresh, forget };
}

/** Calls `look` regularly while the page is visible. The times vary, so that a crowd does not look together. */
function useRegularLook(isOn: boolean, look: () => Promise<void>): void {
  useEffect(() => {
    if (!isOn) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isCurrent = true;
    const plan = () => {
      timer = setTimeout(() => void next(), LOOK_MS * (0.5 + Math.random()));
    };
    const next = async () => {
      if (document.visibilityState === 'visible') await look();
      if (isCurrent) plan();
    };
    plan();
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [isOn, look]);
}

function isValid(eventId: string): boolean {
  const stored = readAdmission(eventId);
  return stored !== null && Date.parse(stored.expiresAt) > getServerTime();
}

/** Claims an admission while the place is called, and again before it expires. */
function useAdmission(eventId: string, isCalled: boolean, rejoin: () => void) {
  const [isAdmitted, setAdmitted] = useState(() => isValid(eventId));
  useEffect(() => {
    if (!isCalled) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isCurrent = true;
    const claim = async () => {
      const placeToken = readPlaceToken(eventId);
      if (placeToken === null) return;
      const outcome = await submit(ClaimAdmissionDocument, { input: { placeToken } });
      if (!isCurrent) return;
      if (!outcome.ok) {
        if (!isValid(eventId)) setAdmitted(false);
        if (outcome.problem.kind === 'api' && outcome.problem.error.code === 'INVALID_INPUT') rejoin();
        timer = setTimeout(() => void claim(), CLAIM_AGAIN_MS);
        return;
      }
      const { admissionToken, expiresAt } = outcome.value;
      writeAdmission(eventId, { token: admissionToken, expiresAt });
      setAdmitted(true);
      const delayMs = Date.parse(expiresAt) - getServerTime() - RENEW_BEFORE_MS;
      timer = setTimeout(() => void claim(), Math.max(CLAIM_AGAIN_MS, delayMs));
    };
    void claim();
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [eventId, isCalled, rejoin]);
  const lose = () => {
    writeAdmission(eventId, null);
    setAdmitted(false);
  };
  return { isAdmitted, lose };
}

/** Returns true when no seat is available, and none is held that might come back. */
function useSoldOut(eventId: string, isWaiting: boolean): boolean {
  const [isSoldOut, setSoldOut] = useState(false);
  const look = useCallback(async () => {
    try {
      const { event } = await askPublic(WaitingRoomOfDocument, { id: eventId });
      setSoldOut(event !== null && event.availability.available + event.availability.held === 0);
    } catch {
      // What was known before stays true until the next look.
    }
  }, [eventId]);
  useEffect(() => {
    if (isWaiting) void look();
  }, [isWaiting, look]);
  useRegularLook(isWaiting, look);
  return isSoldOut;
}

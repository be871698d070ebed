import { useCallback, useEffect, useMemo, useState } from 'react';
import { ask, NoAnswerError } from '../api/client.ts';
import { MyBookingsDocument } from '../api/operations/bookings.ts';
import type { Booking } from '../api/problem.ts';
import { listenToOtherTabs, notifyOtherTabs } from '../api/other-tabs.ts';
import { getToken, useToken } from '../api/session.ts';
import { ObservableSeats } from '../seats/seat-set.ts';
import { wasReleasedHere } from './use-booking.ts';

const RETRY_MS = 3_000;

const occupying: ReadonlySet<string> = new Set(['HOLD', 'CONFIRMED']);

/** The caller's holds and confirmed bookings at an event, and their seats. */
export function useMyBookings(eventId: string) {
  const token = useToken();
  const [bookings, setBookings] = useState<readonly Booking[]>([]);
  const [mine] = useState(() => new ObservableSeats());
  const [ended, setEnded] = useState<Booking | null>(null);
  const [lost, setLost] = useState<readonly Booking[]>([]);
  const [session, setSession] = useState(token);
  const take = useCallback((booking: Booking) => {
    setBookings((before) => [booking, ...before.filter(({ id }) => id !== booking.id)]);
    const hasEnded =
      booking.status === 'EXPIRED' || (booking.status === 'RELEASED' && !wasReleasedHere(booking.id));
    // A new hold makes an ended one old news.
    setEnded(hasEnded ? booking : null);
    if (booking.status === 'HOLD') setLost([]);
  }, []);
  const update = useCallback(
    (booking: Booking) => {
      take(booking);
      notifyOtherTabs(booking);
    },
    [take],
  );
  useEffect(
    () => listenToOtherTabs((booking) => booking.event.id === eventId && take(booking)),
    [eventId, take],
  );
  if (session !== token) {
    setSession(token);
    // Another session cannot do anything with the bookings of this one.
    if (session !== null) {
      setLost([...lost, ...bookings.filter(({ status }) => status === 'HOLD')]);
      setBookings([]);
    }
  }
  const add = useCallback((found: readonly Booking[]) => {
    // A booking that was held meanwhile is newer than this answer.
    setBookings((before) => [...before, ...found.filter(({ id }) => !before.some((own) => own.id === id))]);
  }, []);
  const isLoaded = useStandingBookings(eventId, add);
  const own = useMemo(() => bookings.filter(({ status }) => occupying.has(status)), [bookings]);
  useEffect(() => mine.set(own.flatMap(({ seats }) => seats.map(({ index }) => index))), [own, mine]);
  return {
    isLoaded,
    holds: own.filter(({ status }) => status === 'HOLD'),
    own,
    /** The hold that expired, or was released elsewhere, until the buyer has read it or holds something else. */
    ended,
    /** Holds of a session that has ended meanwhile. */
    lost,
    mine,
    update,
    dismissEnded: () => setEnded(null),
    dismissLost: () => setLost([]),
  };
}

/** Reads the bookings at an event that the session has when the page is opened. Returns true when that has been tried. */
function useStandingBookings(eventId: string, onRead: (found: readonly Booking[]) => void): boolean {
  const [isLoaded, setLoaded] = useState(() => getToken() === null);
  useEffect(() => {
    if (getToken() === null) return setLoaded(true);
    let isCurrent = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const load = async () => {
      try {
        const { viewer } = await ask(MyBookingsDocument, { after: null });
        if (!isCurrent) return;
        const all = viewer?.bookings.edges.map(({ node }) => node) ?? [];
        onRead(all.filter(({ event }) => event.id === eventId));
      } catch (error) {
        // The seats are shown without them. If the server refused the session, there are none.
        if (isCurrent && error instanceof NoAnswerError)
          timer = setTimeout(() => void load(), RETRY_MS * (0.5 + Math.random()));
      }
      if (isCurrent) setLoaded(true);
    };
    void load();
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [eventId, onRead]);
  return isLoaded;
}

export type MyBookings = ReturnType<typeof useMyBookings>;

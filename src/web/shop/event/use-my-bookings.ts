import { useCallback, useEffect, useMemo, useState } from 'react';
import { ask, NoAnswerError } from '../api/client.ts';
import { MyBookingsDocument } from '../api/operations.ts';
import type { Booking } from '../api/problem.ts';
import { getToken } from '../api/session.ts';
import { ObservableSeats } from '../seats/seat-set.ts';

const RETRY_MS = 3_000;

const occupying: ReadonlySet<string> = new Set(['HOLD', 'CONFIRMED']);

/** The caller's holds and confirmed bookings at an event, and their seats. */
export function useMyBookings(eventId: string) {
  const [bookings, setBookings] = useState<readonly Booking[]>([]);
  const [mine] = useState(() => new ObservableSeats());
  const [isLoaded, setLoaded] = useState(() => getToken() === null);
  const [place, setPlace] = useState<'first' | 'last'>('last');
  const [ended, setEnded] = useState<Booking | null>(null);
  const update = useCallback((booking: Booking) => {
    setBookings((before) => [booking, ...before.filter(({ id }) => id !== booking.id)]);
    // A new hold makes an expired one old news.
    setEnded(booking.status === 'EXPIRED' ? booking : null);
  }, []);
  useEffect(() => {
    if (getToken() === null) return setLoaded(true);
    let isCurrent = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const load = async () => {
      try {
        const { viewer } = await ask(MyBookingsDocument, { after: null });
        if (!isCurrent) return;
        const all = viewer?.bookings.edges.map(({ node }) => node) ?? [];
        const here = all.filter(({ event }) => event.id === eventId);
        if (here.some(({ status }) => status === 'HOLD')) setPlace('first');
        // A booking that was held meanwhile is newer than this answer.
        setBookings((before) => [
          ...before,
          ...here.filter(({ id }) => !before.some((own) => own.id === id)),
        ]);
      } catch (error) {
        // The seats are shown without them. If the server refused the session, there are none.
        if (isCurrent && error instanceof NoAnswerError) timer = setTimeout(() => void load(), RETRY_MS);
      }
      if (isCurrent) setLoaded(true);
    };
    void load();
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [eventId]);
  const own = useMemo(() => bookings.filter(({ status }) => occupying.has(status)), [bookings]);
  useEffect(() => mine.set(own.flatMap(({ seats }) => seats.map(({ index }) => index))), [own, mine]);
  return {
    isLoaded,
    /** Where the basket is on a phone: a hold from before must not be below a long list. */
    place,
    holds: own.filter(({ status }) => status === 'HOLD'),
    own,
    /** The hold that expired on this page, until the buyer has read it or holds something else. */
    ended,
    mine,
    update,
    dismissEnded: () => setEnded(null),
  };
}

export type MyBookings = ReturnType<typeof useMyBookings>;

import { useCallback, useEffect, useMemo, useState } from 'react';
import { ask } from '../api/client.ts';
import { MyBookingsDocument } from '../api/operations.ts';
import type { Booking } from '../api/problem.ts';
import { getToken } from '../api/session.ts';
import { ObservableSeats } from '../seats/seat-set.ts';

const occupying: ReadonlySet<string> = new Set(['HOLD', 'CONFIRMED']);

/** The caller's holds and confirmed bookings at an event, and their seats. */
export function useMyBookings(eventId: string) {
  const [bookings, setBookings] = useState<readonly Booking[]>([]);
  const [mine] = useState(() => new ObservableSeats());
  const update = useCallback(
    (booking: Booking) => setBookings((before) => [booking, ...before.filter(({ id }) => id !== booking.id)]),
    [],
  );
  useEffect(() => {
    if (getToken() === null) return;
    let isCurrent = true;
    ask(MyBookingsDocument, { after: null })
      .then(({ viewer }) => {
        const all = viewer?.bookings.edges.map(({ node }) => node) ?? [];
        const here = all.filter(({ event }) => event.id === eventId);
        if (!isCurrent) return;
        // A booking that was held meanwhile is newer than this answer.
        setBookings((before) => [
          ...before,
          ...here.filter(({ id }) => !before.some((own) => own.id === id)),
        ]);
      })
      .catch(() => {});
    return () => {
      isCurrent = false;
    };
  }, [eventId]);
  const own = useMemo(() => bookings.filter(({ status }) => occupying.has(status)), [bookings]);
  useEffect(() => mine.set(own.flatMap(({ seats }) => seats.map(({ index }) => index))), [own, mine]);
  const ended = bookings.find(({ status }) => status === 'EXPIRED') ?? null;
  return { holds: own.filter(({ status }) => status === 'HOLD'), own, ended, mine, update };
}

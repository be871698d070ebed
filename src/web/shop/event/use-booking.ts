import { useEffect, useRef, useState } from 'react';
import { client, SessionOverError, ask } from '../api/client.ts';
import {
  BookingByIdDocument,
  BookingUpdatesDocument,
  CancelBookingDocument,
  ConfirmBookingDocument,
  ExtendHoldDocument,
  ReleaseBookingDocument,
} from '../api/operations.ts';
import type { Booking, Outcome, Problem } from '../api/problem.ts';
import { submit } from '../api/submit.ts';

type BookingAction = 'confirm' | 'extend' | 'release' | 'cancel';

const RESUBSCRIBE_MS = 3_000;

/**
 * Follows a booking: another tab or the clock may change it. After a lost connection it subscribes again, and the first
 * message is the current state.
 */
export function useLiveBooking(id: string, onUpdate: (booking: Booking) => void): void {
  const update = useRef(onUpdate);
  update.current = onUpdate;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let subscription: { unsubscribe(): void } | undefined;
    const subscribe = () => {
      subscription = client
        .subscription(BookingUpdatesDocument, { id })
        .subscribe(({ data, error, hasNext }) => {
          if (data !== undefined) update.current(data.bookingUpdates);
          if (error !== undefined || !hasNext) timer = setTimeout(subscribe, RESUBSCRIBE_MS);
        });
    };
    subscribe();
    return () => {
      clearTimeout(timer);
      subscription?.unsubscribe();
    };
  }, [id]);
}

function send(action: BookingAction, bookingId: string, onUnknown: (isUnknown: boolean) => void) {
  const input = { bookingId };
  // The key depends only on the booking, so that a retry after a reload is the same request.
  const keyed = { input: { bookingId, idempotencyKey: `confirm ${bookingId}` } };
  switch (action) {
    case 'confirm':
      return submit(ConfirmBookingDocument, keyed, { onUnknown });
    case 'extend':
      return submit(ExtendHoldDocument, { input }, { onUnknown });
    case 'release':
      return submit(ReleaseBookingDocument, { input }, { onUnknown });
    case 'cancel':
      return submit(CancelBookingDocument, { input }, { onUnknown });
  }
}

export interface BookingActions {
  readonly running: BookingAction | null;
  /** True while nobody knows whether the server has done it. */
  readonly isUnknown: boolean;
  readonly problem: Problem | null;
  run(action: BookingAction): Promise<Booking | null>;
}

/** Runs one action at a time on a booking. `run` returns the changed booking, or null if it was refused. */
export function useBookingActions(id: string, onChange: (booking: Booking) => void): BookingActions {
  const [running, setRunning] = useState<BookingAction | null>(null);
  const [isUnknown, setUnknown] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const run = async (action: BookingAction): Promise<Booking | null> => {
    if (running !== null) return null;
    setRunning(action);
    setProblem(null);
    const outcome: Outcome<Booking> = await send(action, id, setUnknown);
    setRunning(null);
    if (outcome.ok) {
      onChange(outcome.value);
      return outcome.value;
    }
    setProblem(outcome.problem);
    try {
      // The refusal may be news about the booking.
      const current = await readBooking(id);
      if (current !== null) onChange(current);
    } catch {
      // The problem is shown already and says what to do. Without news the page keeps the state that it has, and for a hold
      // `useLiveBooking` brings the current one as soon as the server answers.
    }
    return null;
  };
  return { running, isUnknown, problem, run };
}

/** Returns null if the caller has no such booking. */
export async function readBooking(id: string): Promise<Booking | null> {
  try {
    return (await ask(BookingByIdDocument, { id })).booking;
  } catch (error) {
    if (error instanceof SessionOverError) return null;
    throw error;
  }
}

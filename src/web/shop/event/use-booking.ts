import { useEffect, useRef, useState } from 'react';
import * as v from 'valibot';
import { useLocation } from 'wouter';
import { bookingAddress } from '../api/addresses.ts';
import { client, SessionOverError, ask } from '../api/client.ts';
import { follow } from '../api/follow.ts';
import {
  BookingByIdDocument,
  BookingUpdatesDocument,
  CancelBookingDocument,
  ConfirmBookingDocument,
  ExtendHoldDocument,
  ReleaseBookingDocument,
} from '../api/operations/bookings.ts';
import { withoutOutage, type Booking, type Outcome, type Problem } from '../api/problem.ts';
import { onWritable, useFollowedService } from '../api/service.ts';
import { ofTab, readStored, writeStored } from '../api/stored.ts';
import { submit } from '../api/submit.ts';

const actions = ['confirm', 'extend', 'release', 'cancel'] as const;
type BookingAction = (typeof actions)[number];

/** Time within which the pages of a crowd look again after an outage. */
const AFTER_OUTAGE_MS = 1_000;

/**
 * Follows a booking: another tab or the clock may change it. It subscribes again after a lost connection, and after an outage, which
 * has moved the deadlines of holds: the first message is the current state.
 */
export function useLiveBooking(id: string, onUpdate: (booking: Booking) => void): void {
  const update = useRef(onUpdate);
  update.current = onUpdate;
  useFollowedService();
  useEffect(() => {
    const following = follow(
      () => client.subscription(BookingUpdatesDocument, { id }),
      ({ data, error }) => {
        if (data !== undefined) update.current(data.bookingUpdates);
        // The connection may only be older than the session. A request finds out whether the session has ended; if the
        // request fails, the next subscription is refused again.
        const isRefused = error?.graphQLErrors.some(
          ({ extensions }) => extensions['code'] === 'UNAUTHENTICATED',
        );
        if (isRefused === true) void Promise.allSettled([readBooking(id)]);
      },
    );
    const stop = onWritable(() => following.restart(AFTER_OUTAGE_MS)); // guard: hold-read-after-outage
    return () => {
      stop();
      following.stop();
    };
  }, [id]);
}

const actionKey = (id: string) => `sellout.action.${id}`;

/**
 * Returns the action whose outcome the page did not learn before it was reloaded. Only the server knows whether it was done, so
 * the action has to be repeated before the buyer can do anything else: the repetition has the same outcome.
 */
function readUnfinished(id: string): BookingAction | null {
  return readStored(ofTab, actionKey(id), v.picklist(actions));
}

function forgetUnfinished(id: string): void {
  writeStored(ofTab, actionKey(id), null);
}

function send(action: BookingAction, bookingId: string, onUnknown: (isUnknown: boolean) => void) {
  const input = { bookingId };
  const options = { onUnknown, startsSession: false };
  // The key depends only on the booking, so that a retry after a reload is the same request.
  const keyed = { input: { bookingId, idempotencyKey: `confirm ${bookingId}` } };
  switch (action) {
    case 'confirm':
      return submit(ConfirmBookingDocument, keyed, options);
    case 'extend':
      return submit(ExtendHoldDocument, { input }, options);
    case 'release':
      return submit(ReleaseBookingDocument, { input }, options);
    case 'cancel':
      return submit(CancelBookingDocument, { input }, options);
  }
}

/** Bookings that this page has released: their end is no news to it. */
const releasedHere = new Set<string>();
/** Bookings whose confirmation was sent, and the answer lost. */
const perhapsConfirmed = new Set<string>();

export const wasReleasedHere = (id: string): boolean => releasedHere.has(id);
export const isPerhapsConfirmed = (id: string): boolean => perhapsConfirmed.has(id);

export interface BookingActions {
  readonly running: BookingAction | null;
  /** True while nobody knows whether the server has done it. */
  readonly isUnknown: boolean;
  readonly problem: Problem | null;
  run(action: BookingAction): void;
}

interface ActionOptions {
  readonly id: string;
  /** What can be done in the state that the booking has. */
  readonly possible: readonly BookingAction[];
  readonly onChange: (booking: Booking) => void;
  /** Called after `onChange` when the server has done it. */
  readonly onDone: (action: BookingAction, booking: Booking) => void;
}

/** Runs one action at a time on a booking. Begins with the one whose outcome an earlier page did not learn. */
export function useBookingActions({ id, possible, ...options }: ActionOptions): BookingActions {
  const [unfinished] = useState(() => possible.find((action) => action === readUnfinished(id)) ?? null);
  const [running, setRunning] = useState<BookingAction | null>(unfinished);
  const [isUnknown, setUnknown] = useState(unfinished !== null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const latest = useRef(options);
  latest.current = options;
  const isRunning = useRef(false);
  const run = async (action: BookingAction) => {
    if (isRunning.current) return;
    isRunning.current = true;
    setRunning(action);
    setProblem(null);
    writeStored(ofTab, actionKey(id), action);
    if (action === 'release') releasedHere.add(id);
    const outcome: Outcome<Booking> = await send(action, id, (unknown) => {
      // Before the session can end, because its holds are shown as lost at once.
      if (unknown && action === 'confirm') perhapsConfirmed.add(id);
      setUnknown(unknown);
    });
    if (outcome.ok || outcome.problem.kind !== 'session-over') perhapsConfirmed.delete(id);
    if (!outcome.ok) releasedHere.delete(id);
    forgetUnfinished(id);
    isRunning.current = false;
    setRunning(null);
    if (outcome.ok) {
      latest.current.onChange(outcome.value);
      latest.current.onDone(action, outcome.value);
      return;
    }
    setProblem(outcome.problem);
    try {
      // The refusal may be news about the booking.
      const current = await readBooking(id);
      if (current !== null) latest.current.onChange(current);
    } catch {
      // The problem is shown already and says what to do. Without news the page keeps the state that it has, and for a hold
      // `useLiveBooking` brings the current one as soon as the server answers.
    }
  };
  useEffect(() => onWritable(() => setProblem(withoutOutage)), []);
  useEffect(() => {
    if (unfinished !== null) void run(unfinished);
    // Only once for a booking: `run` reads the latest options.
  }, [unfinished]);
  return { running, isUnknown, problem, run: (action) => void run(action) };
}

/**
 * Opens the confirmation of a booking of the event if this tab has not learned the outcome from an answer: the page was reloaded
 * meanwhile, or the live state of the booking is faster.
 */
export function useConfirmedMeanwhile(bookings: readonly Booking[]): void {
  const [, navigate] = useLocation();
  useEffect(() => {
    const found = bookings.find(
      ({ id, status }) => status === 'CONFIRMED' && readUnfinished(id) === 'confirm',
    );
    if (found === undefined) return;
    forgetUnfinished(found.id);
    navigate(bookingAddress(found.id));
  }, [bookings, navigate]);
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

import { useEffect, useRef, useState } from 'react';
import * as v from 'valibot';
import { client } from '../api/client.ts';
import type { BookingMode } from '../api/operations/events.ts';
import {
  HoldBestAvailableDocument,
  HoldRequestUpdatesDocument,
  HoldSeatsDocument,
  RequestHoldBestAvailableDocument,
  RequestHoldDocument,
  type HoldRequestUpdatesSubscription,
} from '../api/operations/holds.ts';
import { withoutOutage, type Booking, type Outcome, type Problem } from '../api/problem.ts';
import { onWritable } from '../api/service.ts';
import { ofTab, readStored, writeStored } from '../api/stored.ts';
import { sendWithSolution } from '../api/solve-challenge.ts';
import { newKey, submit } from '../api/submit.ts';
import { readAdmission } from '../waiting/stored-place.ts';

const wantedSchema = v.object({
  key: v.string(),
  seatIds: v.nullable(v.array(v.string())),
  quantity: v.number(),
  priceTier: v.nullable(v.string()),
});

/** A hold that was asked for, with its idempotency key. `seatIds` is null for the best available seats. */
export type Wanted = v.InferOutput<typeof wantedSchema>;

export interface Holding {
  readonly state: 'idle' | 'sending' | 'solving' | 'unknown' | 'queued';
  /** Number of requests ahead in the queue. */
  readonly ahead: number | null;
  readonly problem: Problem | null;
}

interface Options {
  readonly eventId: string;
  readonly mode: BookingMode;
  onHeld(booking: Booking): void;
  onRefused(problem: Problem): void;
}

const idle: Holding = { state: 'idle', ahead: null, problem: null };
const RESUBSCRIBE_MS = 2_000;

/**
 * Holds seats. The request is kept in sessionStorage until its outcome is known, so that a reload in between resolves it with
 * the same key before anything else is offered.
 */
export function useHolding(options: Options) {
  const [holding, setHolding] = useState<Holding>(idle);
  const latest = useRef(options);
  latest.current = options;
  const isRunning = useRef(false);
  const key = `sellout.wanted.${options.eventId}`;
  const hold = async (wanted: Wanted, isRepeated: boolean) => {
    if (isRunning.current) return;
    isRunning.current = true;
    writeStored(ofTab, key, wanted);
    setHolding({ ...idle, state: 'sending' });
    const outcome = await request(latest.current, wanted, isRepeated, (change) =>
      setHolding((before) => ({ ...before, ...change })),
    );
    isRunning.current = false;
    writeStored(ofTab, key, null);
    setHolding(outcome.ok ? idle : { ...idle, problem: outcome.problem });
    if (outcome.ok) latest.current.onHeld(outcome.value);
    else latest.current.onRefused(outcome.problem);
  };
  useEffect(
    () => onWritable(() => setHolding((before) => ({ ...before, problem: withoutOutage(before.problem) }))),
    [],
  );
  useEffect(() => {
    const wanted = readStored(ofTab, key, wantedSchema);
    if (wanted !== null) void hold(wanted, true);
    // Only once for an event: `hold` reads the latest options.
  }, [key]);
  return {
    holding,
    holdSeats: (seatIds: readonly string[]) =>
      void hold({ key: newKey(), seatIds: [...seatIds], quantity: seatIds.length, priceTier: null }, false),
    holdBest: (quantity: number, priceTier: string | null) =>
      void hold({ key: newKey(), seatIds: null, quantity, priceTier }, false),
    dismiss: () => setHolding(idle),
  };
}

type OnChange = (change: Partial<Holding>) => void;

async function request(
  { eventId, mode }: Options,
  { key, seatIds, quantity, priceTier }: Wanted,
  isRepeated: boolean,
  onChange: OnChange,
): Promise<Outcome<Booking>> {
  const options = {
    isRepeated,
    onUnknown: (isUnknown: boolean) => onChange({ state: isUnknown ? 'unknown' : 'sending' }),
  };
  // The key stays the same: a refused attempt has not used it.
  const common = { eventId, idempotencyKey: key, admissionToken: readAdmission(eventId)?.token ?? null };
  const solving = () => onChange({ state: 'solving' });
  const seats = (challengeSolution: string | null) => ({
    input: { ...common, challengeSolution, seatIds: seatIds ?? [] },
  });
  const best = (challengeSolution: string | null) => ({
    input: { ...common, challengeSolution, quantity, priceTier },
  });
  if (mode === 'DIRECT') {
    return sendWithSolution(
      (solution) =>
        seatIds === null
          ? submit(HoldBestAvailableDocument, best(solution), options)
          : submit(HoldSeatsDocument, seats(solution), options),
      solving,
    );
  }
  const queued = await sendWithSolution(
    (solution) =>
      seatIds === null
        ? submit(RequestHoldBestAvailableDocument, best(solution), options)
        : submit(RequestHoldDocument, seats(solution), options),
    solving,
  );
  if (!queued.ok) return queued;
  onChange({ state: 'queued' });
  return awaitRequest(queued.value.id, onChange);
}

type RequestState = HoldRequestUpdatesSubscription['holdRequestUpdates'];

/** Waits for the outcome of a queued hold, across lost connections: the first message is always the current state. */
async function awaitRequest(id: string, onChange: OnChange): Promise<Outcome<Booking>> {
  for (;;) {
    const last = await followRequest(id, onChange);
    if (last === 'lost' || last?.status === 'EXPIRED') {
      return { ok: false, problem: { kind: 'request-expired' } };
    }
    const result = last?.result ?? null;
    if (result !== null) {
      return 'code' in result
        ? { ok: false, problem: { kind: 'api', error: result } }
        : { ok: true, value: result };
    }
    await new Promise((resolve) => setTimeout(resolve, RESUBSCRIBE_MS));
  }
}

/** Returns the last state when the stream ends; `lost` if the server no longer has the request. */
function followRequest(id: string, onChange: OnChange): Promise<RequestState | 'lost' | null> {
  return new Promise((resolve) => {
    let last: RequestState | null = null;
    const subscription = client
      .subscription(HoldRequestUpdatesDocument, { id })
      .subscribe(({ data, error, hasNext }) => {
        if (data !== undefined) {
          last = data.holdRequestUpdates;
          onChange({ ahead: last.ahead });
        }
        const isLost = error?.graphQLErrors.some(({ extensions }) => extensions['code'] === 'NOT_FOUND');
        if (isLost === true) return resolve('lost');
        if (error !== undefined || !hasNext || (last !== null && last.status !== 'QUEUED')) {
          resolve(last);
          queueMicrotask(() => subscription.unsubscribe());
        }
      });
  });
}

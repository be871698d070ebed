import { useEffect, useRef, useState } from 'react';
import { getServerTime } from '../api/clock.ts';
import { useIsReadOnly } from '../api/service.ts';

/** Returns the time of the server's clock, and renders again every half second. */
export function useServerTime(): number {
  const [now, setNow] = useState(getServerTime);
  useEffect(() => {
    const timer = setInterval(() => setNow(getServerTime()), 500);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** Longest time after an outage until the new deadline is read. */
const DEADLINE_READ_MS = 3_000;

/**
 * Returns the time of the server's clock for the countdown of a hold. It stands still while writes are off, because the deadline
 * moves as fast, and then until the new deadline has been read, so that no wrong time is shown in between.
 */
export function useHoldTime(expiresAt: string): number {
  const now = useServerTime();
  const isReadOnly = useIsReadOnly();
  const stood = useRef({ now, expiresAt });
  const offAt = useRef(-Infinity);
  const isSame = stood.current.expiresAt === expiresAt;
  if (isReadOnly) offAt.current = now; // guard: countdown-stands-in-outage
  if (!isReadOnly && !isSame) offAt.current = -Infinity;
  if (!isSame || now - offAt.current > DEADLINE_READ_MS) stood.current = { now, expiresAt };
  return stood.current.now;
}

/** Returns whether a time has passed, and renders once when it does. */
export function useHasPassed(time: string): boolean {
  const [passed, setPassed] = useState(() => Date.parse(time) <= getServerTime());
  useEffect(() => {
    const check = () => setPassed(Date.parse(time) <= getServerTime());
    check();
    const timer = setInterval(check, 500);
    return () => clearInterval(timer);
  }, [time]);
  return passed;
}

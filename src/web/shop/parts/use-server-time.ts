import { useEffect, useState } from 'react';
import { getServerTime } from '../api/clock.ts';

/** Returns the time of the server's clock, and renders again every half second. */
export function useServerTime(): number {
  const [now, setNow] = useState(getServerTime);
  useEffect(() => {
    const timer = setInterval(() => setNow(getServerTime()), 500);
    return () => clearInterval(timer);
  }, []);
  return now;
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

import type { Booking } from './problem.ts';

/* What one tab has learned about a booking, for the other tabs of the browser: they show the same holds. */

let opened: BroadcastChannel | undefined;

/** One for both directions: it does not get its own messages. */
const getChannel = () => (opened ??= new BroadcastChannel('sellout.bookings'));

export function notifyOtherTabs(booking: Booking): void {
  getChannel().postMessage(booking);
}

/** Calls the listener with each booking that another tab reports. Returns a function that stops it. */
export function listenToOtherTabs(listener: (booking: Booking) => void): () => void {
  const listen = ({ data }: MessageEvent<Booking>) => listener(data);
  getChannel().addEventListener('message', listen);
  return () => getChannel().removeEventListener('message', listen);
}

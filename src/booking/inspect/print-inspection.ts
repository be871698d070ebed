import type { BookingInspection } from './inspect-booking.ts';

const LABEL_WIDTH = 12;

/** Formats a booking's history for the terminal. All times are UTC. */
export function printInspection(found: BookingInspection): string {
  const { booking, event, seats, history, idempotencyKeys, disagreements, notKept } = found;
  const line = (label: string, text: string) => `${label.padEnd(LABEL_WIDTH)}${text}`;
  return [
    line('Booking', `${booking.status}  ${booking.id}`),
    line('', `${booking.rawId}, number ${booking.number}`),
    line('Event', `${event.name} (${event.status}), ${event.venue}  ${event.id}`),
    line('Buyer', booking.buyerId),
    line('Deadline', found.deadline),
    '',
    ...seats.map(({ label, claim, seat, id }, i) =>
      line(i === 0 ? 'Seats' : '', `${label}: claim ${claim}, seat ${seat}  ${id}`),
    ),
    '',
    ...history.flatMap(({ at, what, version, batchId, seats: steps }, i) => [
      line(i === 0 ? 'History' : '', `${at.toISOString()}  ${what}, version ${version}, batch ${batchId}`),
      ...steps.map(({ label, from, to }) => line('', `  ${label}: ${from} → ${to}`)),
    ]),
    '',
    ...idempotencyKeys.map(({ usedAt, operation, keyHash, inputHash }, i) =>
      line(
        i === 0 ? 'Keys' : '',
        `${usedAt.toISOString()}  ${operation}, SHA-256 of the key ${keyHash}…, of the input ${inputHash}…`,
      ),
    ),
    ...(idempotencyKeys.length > 0 ? [''] : []),
    ...(disagreements.length === 0
      ? [line('Agreement', 'Booking, claims, seats and change record agree.')]
      : disagreements.map((text, i) => line(i === 0 ? 'DISAGREES' : '', text))),
    '',
    ...notKept.map((text, i) => line(i === 0 ? 'Not kept' : '', text)),
  ].join('\n');
}

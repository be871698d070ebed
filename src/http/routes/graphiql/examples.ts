import { readFileSync } from 'node:fs';

/** An event on sale and some of its available seats, for the variables of the examples. */
export interface ExampleIds {
  readonly eventId: string;
  readonly seatIds: readonly string[];
}

export interface ExampleTab {
  readonly query: string;
  readonly variables?: string;
  readonly headers?: string;
}

const AS_GUEST = JSON.stringify({ authorization: 'Bearer <token>' }, null, 2);

/** Returns the tabs of GraphiQL, to be run from left to right. */
export function createExampleTabs(ids: ExampleIds | null): readonly ExampleTab[] {
  const eventId = ids?.eventId ?? 'the ID of an event (see tab 1)';
  const seatIds = ids?.seatIds ?? [];
  const booking = { input: { bookingId: '<bookingId>' } };
  return [
    { query: readExample('events-on-sale') },
    tab('seats-of-an-event', { eventId }),
    tab('watch-seats', { eventId }),
    { query: readExample('start-guest-session') },
    tab('hold-seats', { input: { eventId, seatIds } }, AS_GUEST),
    tab('confirm-booking', booking, AS_GUEST),
    tab('hold-best-available', { input: { eventId, quantity: 2 } }, AS_GUEST),
    tab('release-booking', booking, AS_GUEST),
    { query: readExample('my-bookings'), headers: AS_GUEST },
    tab('watch-booking', { bookingId: '<bookingId>' }, AS_GUEST),
  ];
}

function tab(name: string, variables: object, headers?: string): ExampleTab {
  return {
    query: readExample(name),
    variables: JSON.stringify(variables, null, 2),
    ...(headers === undefined ? {} : { headers }),
  };
}

const examples = new Map<string, string>();

/** Returns an operation from operations/. Comments at its top are instructions for users of GraphiQL. */
export function readExample(name: string): string {
  let text = examples.get(name);
  if (text === undefined) {
    text = readFileSync(new URL(`operations/${name}.graphql`, import.meta.url), 'utf8');
    examples.set(name, text);
  }
  return text;
}

import type { EventDetailsQuery } from '../api/operations.ts';

/** An event as its page reads it. */
export type EventDetails = NonNullable<EventDetailsQuery['event']>;

import { SeatsUnavailableError } from '../../booking/errors.ts';
import { builder } from '../builder.ts';
import { Event } from './event.ts';
import { commonRefusals } from './refusals.ts';

/** Of blockSeats and unblockSeats. */
export const BlockSeatsResult = builder.errorUnion('BlockSeatsResult', {
  description: 'The event with its seats as they are now, or why nothing was blocked or unblocked.',
  types: [Event, SeatsUnavailableError, ...commonRefusals],
});

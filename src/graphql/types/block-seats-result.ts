import { SeatsUnavailableError } from '../../booking/rules/errors.ts';
import { builder } from '../schema/builder.ts';
import { Event } from './event.ts';
import { commonRefusals } from './refusals.ts';

/** Result of blockSeats and unblockSeats. */
export const BlockSeatsResult = builder.errorUnion('BlockSeatsResult', {
  description: 'The updated event, or the error that prevented the change.',
  types: [Event, SeatsUnavailableError, ...commonRefusals],
});

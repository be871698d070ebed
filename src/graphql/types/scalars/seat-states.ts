import { GraphQLError } from 'graphql';
import { builder } from '../../schema/builder.ts';

builder.scalarType('SeatStates', {
  // The encoding; the description says what the bytes mean.
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc4648#section-4',
  description:
    'The status of every seat of an event, packed two bits per seat and encoded as base64 (RFC 4648). The seat with index n is in byte n >> 2, in the two bits starting at bit 2 * (n & 3): 0 is AVAILABLE, 1 is HELD, 2 is BOOKED, 3 is BLOCKED. Unused bits of the last byte are zero.',
  serialize: (states) => states,
  parseValue: () => {
    throw new GraphQLError('SeatStates cannot be used as an input.');
  },
});

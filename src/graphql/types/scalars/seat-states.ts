import { GraphQLError } from 'graphql';
import { builder } from '../../builder.ts';

builder.scalarType('SeatStates', {
  // The encoding; the description says what the bytes mean.
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc4648#section-4',
  description:
    'What is the matter with every seat of an event, in two bits each, as base64 (RFC 4648). The seat with index n stands in byte n >> 2, at bits 2*(n & 3) and up: 0 is AVAILABLE, 1 HELD, 2 BOOKED, 3 BLOCKED. What remains of the last byte is zero.',
  serialize: (states) => states,
  parseValue: () => {
    throw new GraphQLError('SeatStates is for answers only.');
  },
});

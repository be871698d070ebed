import { GraphQLError, Kind } from 'graphql';
import { builder } from '../../schema/builder.ts';

builder.scalarType('SafeInt', {
  // I-JSON: the integers that every implementation of JSON reads exactly.
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc7493#section-2.2',
  description:
    'An integer from -(2^53 - 1) to 2^53 - 1, the range that a double-precision number represents exactly.',
  serialize: (value) => safe(Number(value)),
  parseValue: safe,
  parseLiteral: (node) => safe(node.kind === Kind.INT ? Number(node.value) : null),
});

function safe(value: unknown): number {
  if (!Number.isSafeInteger(value))
    throw new GraphQLError('SafeInt must be an integer from -(2^53 - 1) to 2^53 - 1.');
  return value as number;
}

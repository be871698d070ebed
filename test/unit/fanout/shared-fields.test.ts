import { execute, getNamedType, isCompositeType, isObjectType, parse, type GraphQLNamedType } from 'graphql';
import { expect, test } from 'vitest';
import type { SharedContext } from '../../../src/graphql/context.ts';
import { schema } from '../../../src/graphql/schema/schema.ts';
import { encodeEventId } from '../../../src/platform/ids.ts';
import type { FeedMessage } from '../../../src/seating/live/feed-message.ts';

/** Returns a selection of every field of a type, recursively. */
function everything(type: GraphQLNamedType): string {
  if (!isCompositeType(type)) return '';
  const members = schema.getPossibleTypes(type as never) as readonly GraphQLNamedType[];
  if (!isObjectType(type))
    return `{ __typename ${members.map((member) => `... on ${member.name} ${everything(member)}`).join(' ')} }`;
  const fields = Object.values(type.getFields()).map(({ name, type: of, args }) => {
    expect(args, `${type.name}.${name}`).toEqual([]);
    return `${name} ${everything(getNamedType(of))}`;
  });
  return `{ __typename ${fields.join(' ')} }`;
}

const context: SharedContext = {
  seatDetails: {
    get: () => ({
      section: 'Block A',
      row: '1',
      number: '2',
      label: null,
      category: 0,
      tier: { name: 'Stalls', amount: 4_900, color: '#4a90d9' },
      currency: 'EUR',
    }),
  } as unknown as SharedContext['seatDetails'],
};

test.each<FeedMessage>([
  { kind: 'snapshot', version: 1, states: 'AA==' },
  { kind: 'changes', fromVersion: 0, version: 1, seats: [[3, 1]] },
])('no field of a shared message is asynchronous: $kind', (rootValue) => {
  const field = schema.getSubscriptionType()?.getFields()['seatUpdates'];
  if (field === undefined) throw new Error('there is no such subscription');
  const selection = everything(getNamedType(field.type)).replaceAll(/\{ __typename \}/g, '');
  const document = parse(`subscription { seatUpdates(eventId: "${encodeEventId(1)}") ${selection} }`);
  const result = execute({ schema, document, rootValue, contextValue: { ...context } });
  expect(result).not.toBeInstanceOf(Promise);
  expect(result).toHaveProperty('data.seatUpdates.version', 1);
  expect(result).not.toHaveProperty('errors');
});

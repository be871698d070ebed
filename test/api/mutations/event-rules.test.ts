import { describe, expect, test } from 'vitest';
import { encodeEventId } from '../../../src/platform/ids.ts';
import type { Hall } from '../../support/hall.ts';
import { eventInputFor } from './event-input.fixture.ts';
import { createBuyerId, hallsWithRules, organizerOf } from './hold-rules.fixture.ts';

const { client, hall, mutate } = hallsWithRules();

describe('the rules of an event', () => {
  const create = async (at: Hall, more: object) => {
    const { data } = await client().ask(
      `mutation ($input: CreateEventInput!) { createEvent(input: $input) { __typename
         ... on Event { id orphanRule holdExtensionSeconds buyersMayCancel takeoverDelay } ... on InvalidInputError { field } } }`,
      { input: { ...eventInputFor(at), ...more } },
      organizerOf(at),
    );
    return data.createEvent as Record<string, unknown>;
  };

  test('are set by createEvent and returned by queries', async () => {
    const at = await hall();
    expect(await create(at, {})).toMatchObject({
      orphanRule: 'ALLOW',
      holdExtensionSeconds: null,
      buyersMayCancel: false,
      takeoverDelay: false,
    });
    const rules = {
      orphanRule: 'FORBID',
      holdExtensionSeconds: 90,
      buyersMayCancel: true,
      takeoverDelay: true,
    };
    const times = { holdTtlSeconds: 60, holdLifetimeMaxSeconds: 100 };
    const { id } = await create(at, { ...rules, ...times });
    const read = await client().ask(
      'query ($id: ID!) { event(id: $id) { orphanRule holdExtensionSeconds buyersMayCancel takeoverDelay } }',
      { id },
      organizerOf(at),
    );
    expect(read.data.event).toEqual(rules);
  });

  test.each([
    ['holdExtensionSeconds', { holdExtensionSeconds: 9 }],
    ['holdLifetimeMaxSeconds', { holdTtlSeconds: 60, holdLifetimeMaxSeconds: 59 }],
    ['holdLifetimeMaxSeconds', { holdLifetimeMaxSeconds: 600 }],
  ])('are refused by the name of the field %s', async (field, wrong) => {
    expect(await create(await hall(), wrong)).toEqual({ __typename: 'InvalidInputError', field });
  });
});

describe('the best seats', () => {
  test('of an unknown section or tier return InvalidInputError with the field', async () => {
    const at = await hall();
    const best = async (more: object) =>
      (
        await mutate(
          'holdBestAvailable',
          { eventId: encodeEventId(at.eventId), quantity: 2, ...more },
          createBuyerId(),
        )
      ).result;
    expect(await best({ section: 'Block A', priceTier: 'Standard' })).toMatchObject({ status: 'HOLD' });
    for (const section of ['Block Z', 'block a', ''])
      expect(await best({ section })).toMatchObject({
        code: 'INVALID_INPUT',
        field: 'section',
        message: expect.stringContaining('"Block A"'),
      });
    expect(await best({ section: 'Block A', priceTier: 'Box' })).toMatchObject({ field: 'priceTier' });
  });

  test('of a draft do not reveal its sections', async () => {
    const at = await hall({}, { status: 'DRAFT' });
    const input = { eventId: encodeEventId(at.eventId), quantity: 1, section: 'Block Z' };
    expect((await mutate('holdBestAvailable', input, createBuyerId())).result).toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

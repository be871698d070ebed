import { expect, test } from 'vitest';
import { createEventIn, createHall } from '../../support/hall.ts';
import { createSchemaClient } from '../../support/clients/schema-client.ts';
import { captureStatements } from '../../support/services/capture-statements.ts';

test('layout URLs, maps and prices of many events cost as many statements as those of one', async () => {
  await using client = await createSchemaClient();
  const { reads } = client.app.database;
  const { venueId, seatCount, organizerId, eventId } = await createHall(reads);
  for (let i = 0; i < 12; i++) await createEventIn(reads, venueId, seatCount, organizerId);
  const ask = async (args: string) => {
    let urls: string[] = [];
    const statements = await captureStatements(async () => {
      const { data, errors } = await client.ask(
        `{ events(${args}) { edges { node { seatMap { version states layoutUrl } priceTiers { price { currency } } } } } }`,
      );
      expect(errors).toEqual([]);
      const edges = data.events.edges as { node: { seatMap: { layoutUrl: string } } }[];
      urls = edges.map(({ node }) => node.seatMap.layoutUrl);
    });
    return { statements, urls };
  };
  const one = await ask('first: 1');
  const others = await ask('last: 10');
  expect(others.statements).toHaveLength(one.statements.length);
  expect(new Set(others.urls).size).toBe(10);
  const again = await ask('last: 10');
  expect(again.urls).toEqual(others.urls);
  expect(again.statements.length).toBeLessThan(others.statements.length);
  for (const url of [...one.urls, ...others.urls]) expect(url).toMatch(/^\/layouts\/\d+\/[\w-]{22}\.json$/);
  expect(one.urls).toEqual([await client.app.eventLayouts.path(eventId)]);
  expect(await client.app.eventLayouts.path(999_999)).toBeNull();
});

test('data of an event that is being read is not requested again', async () => {
  await using client = await createSchemaClient();
  const { eventLayouts, database } = client.app;
  const { venueId, seatCount, organizerId, eventId } = await createHall(database.reads);
  const other = await createEventIn(database.reads, venueId, seatCount, organizerId);
  const statements = await captureStatements(async () => {
    const [first, both, again] = await Promise.all([
      eventLayouts.paths([eventId, eventId]),
      eventLayouts.paths([eventId, other, 999_999]),
      eventLayouts.paths([other, eventId]),
    ]);
    expect([...first.keys(), ...both.keys()]).toEqual([eventId, eventId, other]);
    expect(again).toEqual(new Map([...both].toReversed()));
  });
  // One for the first, and one for what only the second needs.
  expect(statements).toHaveLength(2);
});

import { expect, test } from 'vitest';
import { createEvent, storeEvent } from '../../../src/catalog/events/create-event.ts';
import { setEventStatus } from '../../../src/catalog/events/set-event-status.ts';
import type { EventStatus } from '../../../src/generated/prisma/enums.ts';
import { InvalidInputError, NotFoundError } from '../../../src/platform/errors.ts';
import { catalogDatabase, newOrganizer, readyToCreate } from './catalog.fixture.ts';

const { ctx } = catalogDatabase();

const statuses = ['DRAFT', 'ON_SALE', 'PAUSED', 'ENDED', 'CANCELED'] as const;
const ways: Record<EventStatus, EventStatus[]> = {
  DRAFT: ['ON_SALE', 'CANCELED'],
  ON_SALE: ['PAUSED', 'ENDED', 'CANCELED'],
  PAUSED: ['ON_SALE', 'ENDED', 'CANCELED'],
  ENDED: [],
  CANCELED: [],
};

async function readStatus(eventId: number): Promise<EventStatus> {
  return (await ctx().db.event.findUniqueOrThrow({ where: { id: eventId } })).status;
}

test('of all 25 pairs of statuses, only permitted transitions and equal statuses succeed', async () => {
  const input = await readyToCreate(ctx());
  const { organizerId } = input;
  for (const from of statuses) {
    for (const to of statuses) {
      const eventId = await storeEvent(ctx(), { ...input, status: from });
      const change = setEventStatus(ctx(), { organizerId, eventId, status: to });
      if (from === to || ways[from].includes(to)) {
        await change;
        expect(await readStatus(eventId)).toBe(to);
      } else {
        await expect(change).rejects.toBeInstanceOf(InvalidInputError);
        await expect(change).rejects.toMatchObject({ field: 'status' });
        expect(await readStatus(eventId)).toBe(from);
      }
    }
  }
});

test('a refusal lists the possible statuses', async () => {
  const input = await readyToCreate(ctx());
  const { eventId } = await createEvent(ctx(), { ...input, status: 'ON_SALE' });
  const change = setEventStatus(ctx(), { organizerId: input.organizerId, eventId, status: 'DRAFT' });
  await expect(change).rejects.toThrow('PAUSED or ENDED or CANCELED');
});

test('an event whose sale period has passed cannot be put on sale, but can be canceled', async () => {
  const input = await readyToCreate(ctx());
  const { organizerId } = input;
  const saleTimes = {
    onSaleAt: new Date('2025-01-01T00:00:00Z'),
    saleEndsAt: new Date('2025-02-01T00:00:00Z'),
  };
  for (const from of ['DRAFT', 'PAUSED'] as const) {
    const eventId = await storeEvent(ctx(), { ...input, ...saleTimes, status: from });
    const change = setEventStatus(ctx(), { organizerId, eventId, status: 'ON_SALE' });
    await expect(change).rejects.toBeInstanceOf(InvalidInputError);
    await expect(change).rejects.toMatchObject({ field: 'status' });
    expect(await readStatus(eventId)).toBe(from);
    await setEventStatus(ctx(), { organizerId, eventId, status: 'CANCELED' });
  }
});

test("another organizer's event does not exist for the caller", async () => {
  const input = await readyToCreate(ctx());
  const { eventId } = await createEvent(ctx(), input);
  const organizerId = await newOrganizer(ctx());
  const change = setEventStatus(ctx(), { organizerId, eventId, status: 'ON_SALE' });
  await expect(change).rejects.toBeInstanceOf(NotFoundError);
  expect(await readStatus(eventId)).toBe('DRAFT');
});

test('an event that is ended and put on sale concurrently is ended afterwards, in each of 40 races', async () => {
  const input = await readyToCreate(ctx());
  const { organizerId } = input;
  for (let race = 0; race < 40; race += 1) {
    const eventId = await storeEvent(ctx(), { ...input, status: 'PAUSED' });
    const set = (status: EventStatus) => setEventStatus(ctx(), { organizerId, eventId, status });
    await Promise.allSettled([set('ON_SALE'), set('ENDED'), set('ON_SALE')]);
    // In either order: nothing leads out of ENDED, and both other statuses lead to it.
    expect(await readStatus(eventId)).toBe('ENDED');
  }
});

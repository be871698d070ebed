import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Viewer } from '../../../src/identity/viewer.ts';
import { encodeEventId } from '../../../src/platform/ids.ts';
import { createHall } from '../../support/hall.ts';
import { eventInputFor } from './event-input.fixture.ts';
import { mutationsOfHall } from './mutations.fixture.ts';
import { createBuyerId } from './tiered-hall.fixture.ts';

const { client, hall, seats, eventId, mutate, holdSeats } = mutationsOfHall();

describe('an organizer', () => {
  const organizer = (): Viewer => ({ userId: hall().organizerId, role: 'ORGANIZER' });

  test('blocks and unblocks seats of an event', async () => {
    const input = { eventId: eventId(), seatIds: seats(80, 81) };
    const blocked = await mutate('blockSeats', input, organizer());
    expect(blocked.result).toMatchObject({ __typename: 'Event', availability: { blocked: 2 } });
    expect((await holdSeats([80])).result).toMatchObject({ code: 'SEATS_UNAVAILABLE' });
    expect((await mutate('unblockSeats', input, organizer())).result).toMatchObject({
      availability: { blocked: 0 },
    });
  });

  test('changes the status of an event', async () => {
    const own = await createHall(client().app.database.reads, {
      status: 'DRAFT',
      organizerId: hall().organizerId,
    });
    const set = (status: string, viewer = organizer()) =>
      mutate('setEventStatus', { eventId: encodeEventId(own.eventId), status }, viewer);
    expect((await set('ON_SALE', { userId: randomUUID(), role: 'ORGANIZER' })).result).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect((await set('ON_SALE')).result).toMatchObject({ __typename: 'Event', eventStatus: 'ON_SALE' });
    expect((await set('DRAFT')).result).toMatchObject({ code: 'INVALID_INPUT', field: 'status' });
    expect((await set('PAUSED', { userId: randomUUID(), role: 'ORGANIZER' })).code).toBe('FORBIDDEN');
  });

  test('imports a plan and creates an event for it', async () => {
    const seat = (n: number) => ({
      seat_guid: `s${n}`,
      seat_number: String(n),
      position: { x: n, y: 0 },
      category: 'Stalls',
    });
    const plan = {
      name: 'Small Hall',
      size: { width: 100, height: 100 },
      categories: [{ name: 'Stalls', color: '#ff0000' }],
      zones: [
        {
          name: 'Block A',
          position: { x: 0, y: 0 },
          areas: [],
          rows: [{ row_number: '1', position: { x: 0, y: 0 }, seats: [seat(1), seat(2)] }],
        },
      ],
    };
    const imported = await mutate('importVenue', { plan: JSON.stringify(plan) }, organizer());
    expect(imported.result).toMatchObject({ __typename: 'Venue' });
    const input = {
      ...eventInputFor(hall()),
      venueId: imported.result.id,
      startsAt: '2040-01-02T20:00:00+01:00',
      priceTiers: [{ category: 'Stalls', amount: 1_234 }],
    };
    const created = await mutate('createEvent', input, organizer());
    expect(created.result).toMatchObject({
      __typename: 'Event',
      eventStatus: 'DRAFT',
      availability: { available: 2 },
    });
    const wrong = await mutate('createEvent', { ...input, currency: 'XXQ' }, organizer());
    expect(wrong.result).toMatchObject({ code: 'INVALID_INPUT', field: 'currency' });
    const other = await mutate('createEvent', input, { userId: randomUUID(), role: 'ORGANIZER' });
    expect(other.result).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('gets all errors of a plan at once', async () => {
    const { result } = await mutate('importVenue', { plan: '{"name": 3}' }, organizer());
    expect(result).toMatchObject({ __typename: 'InvalidPlanError', code: 'INVALID_INPUT', field: 'plan' });
    expect(result.faults).toHaveLength(result.faultCount);
  });

  test.each([
    ['importVenue', () => ({ plan: '{}' })],
    ['setEventStatus', () => ({ eventId: eventId(), status: 'PAUSED' })],
    ['blockSeats', () => ({ eventId: eventId(), seatIds: seats(1) })],
    ['unblockSeats', () => ({ eventId: eventId(), seatIds: seats(1) })],
  ])('alone may call %s', async (field, input) => {
    expect((await mutate(field, input(), null)).code).toBe('UNAUTHENTICATED');
    expect((await mutate(field, input(), createBuyerId())).code).toBe('FORBIDDEN');
  });
});

describe('instants', () => {
  test.each([
    '2040-01-02',
    '2040-02-30T00:00:00Z',
    '2040-01-02T20:00:00',
    '2040-01-02 20:00:00Z',
    'tomorrow',
    5,
  ])('refuse %j', async (startsAt) => {
    const { code } = await mutate(
      'createEvent',
      { ...eventInputFor(hall()), startsAt },
      { userId: hall().organizerId, role: 'ORGANIZER' },
    );
    expect(code).toBe('BAD_USER_INPUT');
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import type { Prisma } from '../../../src/generated/prisma/client.ts';
import type { Viewer } from '../../../src/identity/viewer.ts';
import { encodeEventId, parseBookingId, encodeSeatId } from '../../../src/platform/ids.ts';
import { assertInvariants, makeHoldOverdue } from '../../support/booking.ts';
import { createHall, type Hall, type HallOptions } from '../../support/hall.ts';
import { createSchemaClient, type SchemaClient } from '../../support/clients/schema-client.ts';

export const createBuyerId = (): Viewer => ({ userId: randomUUID(), role: 'BUYER' });
export const organizerOf = (at: Hall): Viewer => ({ userId: at.organizerId, role: 'ORGANIZER' });
export const seats = (at: Hall, ...indexes: number[]) =>
  indexes.map((index) => encodeSeatId(at.eventId, index));

/** Creates a schema client for the calling test file, with helpers for halls that have rules. */
export function hallsWithRules() {
  let client: SchemaClient;
  beforeAll(async () => {
    client = await createSchemaClient();
  });
  afterAll(async () => {
    await assertInvariants(client.app.database.reads);
    await client.close();
  });

  async function hall(rules: Prisma.EventUpdateInput = {}, options?: HallOptions): Promise<Hall> {
    const at = await createHall(client.app.database.reads, options);
    await setRules(at, rules);
    return at;
  }

  async function setRules(at: Hall, rules: Prisma.EventUpdateInput): Promise<void> {
    await client.app.database.reads.event.update({ where: { id: at.eventId }, data: rules });
  }

  async function mutate(field: string, input: object, viewer: Viewer | null) {
    const { data, errors } = await client.ask(
      `mutation ($input: ${field[0]?.toUpperCase()}${field.slice(1)}Input!) { ${field}(input: $input) {
         __typename ... on Booking { ...booking } ... on Error { ...refused } } }
       fragment booking on Booking { id status createdAt holdExpiresAt extendedAt confirmedAt
         event { id name } total { amount currency } seats { index status } }
       fragment refused on Error { code message
         ... on OrphanSeatsError { seats { index } alternatives { index label } }
         ... on EventNotOnSaleError { onSaleAt saleEndsAt } ... on CancellationRefusedError { cancelableUntil }
         ... on SeatsUnavailableError { seats { index } } ... on SeatLimitExceededError { limit }
         ... on BookingStateError { bookingStatus: status } ... on InvalidInputError { field } }`,
      { input },
      viewer,
    );
    return { result: data?.[field] ?? null, code: errors[0]?.extensions.code as string | undefined };
  }

  async function hold(at: Hall, viewer: Viewer, ...indexes: number[]) {
    const input = { eventId: encodeEventId(at.eventId), seatIds: seats(at, ...indexes) };
    const { result } = await mutate('holdSeats', input, viewer);
    return result as { id: string; createdAt: string; holdExpiresAt: string } & Record<string, unknown>;
  }

  async function runOut(bookingId: string): Promise<void> {
    await makeHoldOverdue(client.app.database.reads, parseBookingId(bookingId)?.bookingId ?? '');
  }

  return { client: () => client, hall, setRules, mutate, hold, runOut };
}

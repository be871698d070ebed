import { afterAll, beforeAll, expect, it } from 'vitest';
import { BuyerClient } from '../support/clients/buyer-client.ts';
import { startWeb, type WebFixture } from './web.fixture.ts';

let web: WebFixture;
beforeAll(async () => {
  web = await startWeb({
    RATE_LIMITS: 'on',
    CHALLENGE: 'proof-of-work',
    CHALLENGE_DIFFICULTY_BITS: '8',
    CHALLENGE_TO_JOIN: 'on',
  });
});
afterAll(() => web.close());

it('a buyer joins a waiting room that requires a proof of work, and keeps the place after a reload', async () => {
  const { context, hall, eventId, url } = web.http;
  const { token } = await context.identity.issue({ userId: hall.organizerId, role: 'ORGANIZER' });
  const organizer = (await BuyerClient.start(url)).as(token);
  await organizer.send(
    'mutation ($input: ConfigureWaitingRoomInput!) { configureWaitingRoom(input: $input) { __typename } }',
    { input: { eventId, mode: 'ON' } },
  );
  const page = await web.open(web.eventUrl);
  await page.getByRole('button', { name: 'Join the waiting room' }).click();
  await page.getByText('Your number').waitFor();
  await page.reload();
  await page.getByText('Your number').waitFor();
  expect(web.complaints).toEqual([]);
});

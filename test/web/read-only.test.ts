import { expect, it } from 'vitest';
import { writeOrder } from '../../src/platform/service/service.sql.ts';
import { findViolations } from './axe.ts';
import { controlClock } from './page-clock.ts';
import { expectShown, selectSeats, useWeb } from './web.fixture.ts';

const web = useWeb({}, { serviceLimits: { stayMinMs: 0, everyMs: 50, tickMs: 20 } });

const MINUTE_MS = 60_000;

it('a hold keeps its time while writes are off, and the page continues by itself', async () => {
  const { hall, url } = await web().createEvent({ holdTtlMs: 30 * MINUTE_MS });
  const { reads } = web().http.context.database;
  let advance = async (_ms: number) => {};
  const page = await web().open(url, {
    async before(opened) {
      advance = await controlClock(opened);
    },
  });
  const list = await page.context().newPage();
  await page.bringToFront();
  await selectSeats(page, 3, 4);
  await page.getByRole('button', { name: 'Hold 2 seats' }).click();
  const timer = page.getByRole('timer');
  const almostAll = timer.and(page.getByText(/^(?:2\d:\d\d|30:00)$/));
  await almostAll.waitFor();
  await list.goto('/bookings');
  await list.getByRole('link', { name: /^Held/ }).waitFor();

  await writeOrder(reads, { mode: 'READ_ONLY', reason: 'Upgrade of the database until noon.' });
  const notice = 'Sales are interrupted.';
  for (const each of [page, list]) await each.getByRole('status').getByText(notice).waitFor();
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Confirm for €98' }).click();
  const refusal = page.getByRole('alert').getByText('nothing can be held or confirmed');
  await refusal.waitFor();
  await advance(20 * MINUTE_MS);
  await almostAll.waitFor();
  // As if the outage had begun when the page says, and the hold before it.
  await reads.$executeRaw`UPDATE bookings SET created_at = created_at - interval '1 hour' WHERE event_id = ${hall.eventId}`;
  await reads.outage.deleteMany();
  await reads.$executeRaw`INSERT INTO outages (started_at, credited_until)
    VALUES (clock_timestamp() - interval '20 minutes', clock_timestamp() + interval '1 hour')`;
  // A page that did not see the hold before cannot know how much time is left.
  await reads.$executeRaw`UPDATE service_state SET probed_at = NULL`;
  await reads.$executeRaw`UPDATE bookings SET hold_expires_at = hold_expires_at - interval '35 minutes' WHERE event_id = ${hall.eventId}`;
  const fresh = await page.context().newPage();
  await fresh.goto(url);
  await expectShown(fresh.getByRole('button', { name: 'Confirm for €98' }));
  await fresh.getByRole('status').getByText(notice).waitFor();
  await fresh.getByRole('timer').waitFor({ state: 'detached' });
  await fresh.close();
  await page.bringToFront();
  await reads.$executeRaw`UPDATE bookings SET hold_expires_at = hold_expires_at + interval '35 minutes' WHERE event_id = ${hall.eventId}`;
  await writeOrder(reads, { mode: 'AUTO', reason: null });
  for (const each of [page, list])
    await each.getByRole('status').getByText(notice).waitFor({ state: 'detached' });
  await refusal.waitFor({ state: 'detached' });

  // The clock goes on, with the deadline that the server has now.
  await advance(MINUTE_MS);
  await almostAll.waitFor();
  await page.getByRole('button', { name: 'Confirm for €98' }).click();
  await expectShown(page.getByRole('heading', { name: 'You have your seats' }));
  await expectShown(list.getByRole('link', { name: /^Confirmed/ }));
});

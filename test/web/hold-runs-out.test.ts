import { expect, it } from 'vitest';
import { expireHolds } from '../../src/booking/expiry/hold-sweeper.ts';
import { makeHoldOverdue, unannounced } from '../support/booking.ts';
import { findViolations } from './axe.ts';
import { controlClock } from './page-clock.ts';
import { selectSeats, useWeb } from './web.fixture.ts';

const web = useWeb();

const MINUTE_MS = 60_000;

it('a hold runs out on screen: announced at two minutes and thirty seconds, then offered again', async () => {
  const { hall, url } = await web().createEvent({ holdTtlMs: 10 * MINUTE_MS });
  let advance = async (_ms: number) => {};
  const page = await web().open(url, {
    async before(opened) {
      advance = await controlClock(opened);
    },
  });
  const announced = (text: string) => page.getByRole('status').getByText(text).waitFor({ state: 'attached' });
  await selectSeats(page, 3, 4);
  await page.getByRole('button', { name: 'Hold 2 seats' }).click();
  const timer = page.getByRole('timer', { name: 'Time left to confirm' });
  await timer.waitFor();
  expect(await timer.textContent()).toMatch(/^(?:9:\d\d|10:00)$/);
  await advance(7.5 * MINUTE_MS);
  await timer.and(page.getByText(/^2:[0-3]\d$/)).waitFor();
  await advance(MINUTE_MS);
  await announced('Two minutes left to confirm your seats.');
  await advance(MINUTE_MS);
  await announced('30 seconds left to confirm your seats.');
  await advance(MINUTE_MS);
  await timer.and(page.getByText(/^0:00$/)).waitFor();
  expect(await findViolations(page)).toEqual([]);

  // The worker of a running server does this.
  const { database, publisher } = web().http.context;
  const hold = await database.reads.booking.findFirstOrThrow({ where: { eventId: hall.eventId } });
  await makeHoldOverdue(database.reads, hold.id);
  await expireHolds({ ...unannounced, db: database.worker, defaultHoldTtlMs: 300_000, publisher });

  await page.getByText('The hold has expired').first().waitFor();
  expect(await page.getByRole('timer').count()).toBe(0);
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Select these seats again' }).click();
  await page.getByRole('button', { name: 'Hold 2 seats' }).click();
  await page.getByRole('timer', { name: 'Time left to confirm' }).waitFor();
  // An expired hold is old news beside a new one.
  expect(await page.getByText('The hold has expired').count()).toBe(0);
});

it('a sale that starts later counts down, and the seats appear by themselves', async () => {
  const { hall, url } = await web().createEvent({ onSaleAt: new Date(Date.now() + 10 * MINUTE_MS) });
  let advance = async (_ms: number) => {};
  const page = await web().open(url, {
    async before(opened) {
      advance = await controlClock(opened);
    },
  });
  const countdown = page.getByRole('timer', { name: 'Time until the sale starts' });
  await countdown.waitFor();
  // The page knows the server's time from headers that have no milliseconds.
  expect(await countdown.textContent()).toMatch(/^(?:9:\d\d|10:0[01])$/);
  expect(await findViolations(page)).toEqual([]);
  const { reads } = web().http.context.database;
  await reads.event.update({ where: { id: hall.eventId }, data: { onSaleAt: new Date(Date.now() - 1_000) } });
  await advance(11 * MINUTE_MS);
  await page.locator('.seat').first().waitFor();
  await selectSeats(page, 0);
  await page.getByRole('button', { name: 'Hold 1 seat' }).click();
  await page.getByRole('region', { name: 'Held for you' }).waitFor();
});

import { expect, it } from 'vitest';
import { startWorker } from '../../src/main/worker.ts';
import { runRooms } from '../../src/waiting-room/run-rooms.ts';
import { writeRoomSettings } from '../../src/waiting-room/rooms/rooms.sql.ts';
import { sql } from '../../src/platform/database/db.ts';
import { findViolations } from './axe.ts';
import { controlClock } from './page-clock.ts';
import { expectShown, selectSeats, useWeb } from './web.fixture.ts';

const web = useWeb({
  RATE_LIMITS: 'on',
  CHALLENGE: 'proof-of-work',
  CHALLENGE_DIFFICULTY_BITS: '8',
  CHALLENGE_TO_JOIN: 'on',
});

const HOUR_MS = 3_600_000;
const ALL_AT_ONCE = 60_000;

type RoomSettings = Parameters<typeof writeRoomSettings>[2];

/** Changes a waiting room as an organizer does, and runs the worker's task. */
async function setRoom(eventId: number, settings: RoomSettings): Promise<void> {
  const { database, waitingRooms, logger } = web().http.context;
  await writeRoomSettings(database.worker, eventId, settings);
  const ctx = { db: database.worker, store: waitingRooms.store, logger };
  const now = Date.now();
  for (const clock of [now, now + 1_000]) await runRooms(ctx, () => clock);
  await waitingRooms.directory.refresh();
}

interface Counting {
  notes?: number;
}

/** Runs in the page, and counts the notes that it plays. */
function countNotes(): void {
  const page = globalThis as Counting;
  window.AudioContext = class extends AudioContext {
    override createOscillator(): OscillatorNode {
      page.notes = (page.notes ?? 0) + 1;
      return super.createOscillator();
    }
  };
}

/** Runs in the page. */
const readNotes = () => (globalThis as Counting).notes ?? 0;

it('a buyer joins a lobby that requires a proof of work, and keeps the place in a second tab and after a reload', async () => {
  const { hall, id, url } = await web().createEvent({ onSaleAt: new Date(Date.now() + HOUR_MS) });
  await setRoom(hall.eventId, { mode: 'ON', lobbyOpensAt: new Date(Date.now() - 1_000) });
  // As over plain HTTP, where browsers do not hash: neither the challenge nor the draw may need it.
  const page = await web().open(url, {
    before: (opened) => opened.addInitScript(() => Reflect.deleteProperty(Crypto.prototype, 'subtle')),
  });
  await page.getByRole('timer', { name: 'Time until the sale starts' }).waitFor();
  await page.getByRole('button', { name: 'Join the waiting room' }).click();
  await page.getByText('You are in.').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await page.reload();
  await page.getByText('You are in.').waitFor();
  const tab = await page.context().newPage();
  await tab.goto(url);
  await tab.getByText('You are in.').waitFor();
  const commitmentKey = `sellout.commitment.${id}`;
  await tab.waitForFunction((key) => localStorage.getItem(key) !== null, commitmentKey);

  const { reads } = web().http.context.database;
  await reads.event.update({ where: { id: hall.eventId }, data: { onSaleAt: new Date(Date.now() - 5_000) } });
  // The first run of the worker's task draws the numbers, and a later one calls them.
  await setRoom(hall.eventId, { pacePerMinute: ALL_AT_ONCE });
  const view = page.getByRole('region', { name: 'Waiting room' });
  await view.getByText('Your number was checked against the published draw.').waitFor();
  // As if the lobby had published another commitment.
  await tab.evaluate((key) => localStorage.setItem(key, JSON.stringify('0'.repeat(64))), commitmentKey);
  await tab.reload();
  await tab.getByRole('main').getByText('Your number differs from the published draw.').waitFor();
  await setRoom(hall.eventId, {});
  // Both tabs have the buyer's one place, and the number of one buyer is 1.
  await expectShown(page.locator('.seat').first());
  await expectShown(tab.locator('.seat').first());
  expect(await page.title()).toMatch(/^Your turn! Test Night/);
});

it('who waits sees the number, the people ahead, the wait and the chance, and is called with a message', async () => {
  const { hall, url } = await web().createEvent();
  await setRoom(hall.eventId, { mode: 'ON', pacePerMinute: 1, insideMax: 1 });
  let advance = async (_ms: number) => {};
  const first = await web().open(url);
  const second = await web().open(url, {
    async before(opened) {
      advance = await controlClock(opened);
      await opened.addInitScript(countNotes);
    },
  });
  for (const page of [first, second]) {
    await page.getByRole('button', { name: 'Join the waiting room' }).click();
    await page.getByText('Your number').waitFor();
  }
  const figures = second.locator('.figures');
  expect(await figures.innerText()).toMatch(
    /Your number\s+2\s+People ahead\s+1\s+Estimated wait\s+\S.*\s+Chance of seats\s+Good/,
  );
  await second.getByRole('status').getByText('1 person is ahead of you.').waitFor({ state: 'attached' });
  expect(await findViolations(second)).toEqual([]);
  // Fewer seats are left than the person ahead may take. The page looks again within 45 seconds.
  const { worker } = web().http.context.database;
  const block = (count: number) =>
    worker.$transaction([
      worker.$executeRaw(sql`UPDATE event_seats SET status = CASE WHEN seat_index < ${count} THEN 'BLOCKED' ELSE 'AVAILABLE' END::seat_status
        WHERE event_id = ${hall.eventId}`),
      worker.$executeRaw(sql`UPDATE events SET seats_blocked = ${count} WHERE id = ${hall.eventId}`),
    ]);
  await block(39);
  await setRoom(hall.eventId, {});
  await advance(46_000);
  await figures.getByText('Low').waitFor();
  await second.getByRole('status').getByText('Chance of seats: Low').waitFor({ state: 'attached' });
  await block(0);
  await second.reload();
  await figures.getByText('2', { exact: true }).waitFor();
  // Browsers allow a sound once the page has been touched.
  await figures.click();
  expect(await second.evaluate(readNotes)).toBe(0);
  await setRoom(hall.eventId, { pacePerMinute: ALL_AT_ONCE, insideMax: 1_000 });
  await second.getByRole('status').getByText('Your turn!').waitFor({ state: 'attached' });
  await second.getByText('Choose your seats and hold them now.').waitFor();
  expect(await second.evaluate(readNotes)).toBe(2);
  await second.locator('.seat').first().click();
  await second.getByRole('button', { name: 'Hold 1 seat' }).click();
  await expectShown(second.getByRole('region', { name: 'Held for you' }));
  expect(await second.title()).toMatch(/^Your turn!/);
});

it('who waits for an event without free seats learns it early', async () => {
  const { hall, url } = await web().createEvent();
  const { worker } = web().http.context.database;
  await worker.$executeRaw(sql`UPDATE event_seats SET status = 'BLOCKED' WHERE event_id = ${hall.eventId}`);
  await worker.$executeRaw(sql`UPDATE events SET seats_blocked = seats_total WHERE id = ${hall.eventId}`);
  await setRoom(hall.eventId, { mode: 'ON' });
  const page = await web().open(url);
  await page.getByText('All seats are sold.').waitFor();
  expect(await findViolations(page)).toEqual([]);
});

it('a queue of requests holds the seats of a buyer, who sees the place in it, also after a reload', async () => {
  const { hall, url } = await web().createEvent();
  const { reads } = web().http.context.database;
  await reads.event.update({ where: { id: hall.eventId }, data: { bookingMode: 'QUEUED' } });
  const page = await web().open(url);
  await selectSeats(page, 3, 4);
  // No worker decides requests yet.
  await page.getByRole('button', { name: 'Hold 2 seats' }).click();
  await page.getByText('Your request is next.').waitFor();
  await page.reload();
  await page.getByText('Your request is next.').waitFor();
  const worker = await startWorker(web().http.context.config);
  try {
    await expectShown(page.getByRole('region', { name: 'Held for you' }));
  } finally {
    await worker.stop();
  }
  expect(await reads.booking.count({ where: { eventId: hall.eventId } })).toBe(1);
});

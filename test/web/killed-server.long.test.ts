import { expect, it } from 'vitest';
import { freePort } from '../../scripts/local/ports.ts';
import { ServerProcess } from '../support/processes/server-process.ts';
import { stepEnvironment } from '../support/processes/stepping-api.ts';
import { findViolations } from './axe.ts';
import { selectSeats, useWeb } from './web.fixture.ts';

const web = useWeb();

it('an API process that is killed while it confirms: the page finds out with the same key, before anything else', async () => {
  const { hall, url } = await web().createEvent();
  const { config, database } = web().http.context;
  const port = await freePort();
  const settings = {
    databaseUrl: config.databaseUrl,
    redisEnv: web().http.redis.env,
    env: { PORT: String(port), RATE_LIMITS: 'off' },
  };
  // The first batch holds, the second one confirms: the process dies after the commit and before the answer.
  const killed = new ServerProcess({
    ...settings,
    file: 'test/support/processes/stepping-api.ts',
    env: { ...settings.env, ...stepEnvironment({ step: 'committed', batch: 2, signal: 'SIGKILL' }) },
  });
  await killed.start();
  const page = await web().open('about:blank', {
    expected: new RegExp(`net::ERR_|WebSocket|foreign request: (?:http|ws)://127.0.0.1:${port}/`),
  });
  await page.goto(`${killed.url ?? ''}${url}`);
  await selectSeats(page, 3);
  await page.getByRole('button', { name: 'Hold 1 seat' }).click();
  const hold = page.getByRole('region', { name: 'Held for you' });
  await hold.getByRole('button', { name: 'Confirm for €49' }).click();
  await killed.ended();
  await hold.getByRole('alert').getByText('checking whether your booking is confirmed').waitFor();
  expect(await hold.getByRole('button', { name: 'Release the seats' }).isDisabled()).toBe(true);
  expect(await findViolations(page)).toEqual([]);
  await using next = new ServerProcess({ ...settings, file: 'src/main/api.ts' });
  await next.start();
  await page.getByRole('heading', { name: 'You have your seats' }).waitFor();
  const bookings = await database.reads.booking.findMany({ where: { eventId: hall.eventId } });
  expect(bookings.map(({ status }) => status)).toEqual(['CONFIRMED']);
});

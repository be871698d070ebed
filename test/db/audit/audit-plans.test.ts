import { expect, it } from 'vitest';
import { prepareAudit } from '../../../src/booking/audit/find-breaches.sql.ts';
import { sql } from '../../../src/platform/database/db.ts';
import { bookingSuite } from '../booking/booking.fixture.ts';

const { app } = bookingSuite();

it('plans an audit with hash joins only, whose cost does not depend on statistics', async () => {
  const settings = await app().database.worker.$transaction(async (tx) => {
    await prepareAudit(tx, 1_000);
    return tx.$queryRaw<{ name: string }[]>(sql`
      SELECT name FROM pg_settings WHERE name LIKE 'enable_%join' AND setting = 'on'
      UNION ALL SELECT name FROM pg_settings WHERE name = 'enable_nestloop' AND setting = 'on'`);
  });
  expect(settings).toEqual([{ name: 'enable_hashjoin' }]);
});

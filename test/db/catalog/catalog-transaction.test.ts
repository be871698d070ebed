import { PrismaPg } from '@prisma/adapter-pg';
import { expect, test } from 'vitest';
import { runCatalogTransaction } from '../../../src/catalog/catalog-transaction.ts';
import { PrismaClient } from '../../../src/generated/prisma/client.ts';
import { sql } from '../../../src/platform/database/db.ts';
import { createTestDatabase } from '../../support/services/database.ts';

test("a catalog transaction may take longer than its session's default timeouts", async () => {
  await using database = await createTestDatabase();
  const options = '-c transaction_timeout=300 -c statement_timeout=300';
  const db = new PrismaClient({
    adapter: new PrismaPg({ connectionString: database.url, options, max: 1 }),
  });
  try {
    const late = () =>
      runCatalogTransaction({ db }, (tx) => tx.$queryRaw(sql`SELECT pg_sleep(0.6)::text, 1 AS done`));
    expect(await late()).toMatchObject([{ done: 1 }]);
    // The session has its default timeouts again.
    await expect(db.$queryRaw(sql`SELECT pg_sleep(0.6)::text`)).rejects.toThrow(/timeout/);
  } finally {
    await db.$disconnect();
  }
});

// For Prisma's own command line only (`prisma generate`, and `prisma migrate deploy` for whoever can download its
// engine). Sellout itself applies the migrations with scripts/migrate.ts.
import { defineConfig } from 'prisma/config';

const databaseUrl = process.env['DATABASE_URL'];

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  ...(databaseUrl === undefined ? {} : { datasource: { url: databaseUrl } }),
});

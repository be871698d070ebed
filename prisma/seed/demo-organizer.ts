import { sql, type PrismaClient } from '../../src/platform/database/db.ts';

/** Owns the example venues and events. `npm run token -- --role organizer` gives a token for it. */
export const DEMO_ORGANIZER_ID = '5e110007-0000-4000-8000-000000000001';

/** Writes the user down that venues and events refer to. */
export async function rememberDemoOrganizer(db: PrismaClient): Promise<void> {
  await db.$executeRaw(sql`/* rememberDemoOrganizer */
    INSERT INTO users (id, role, issuer, subject)
    VALUES (${DEMO_ORGANIZER_ID}::uuid, 'ORGANIZER', 'sellout', ${DEMO_ORGANIZER_ID})
    ON CONFLICT DO NOTHING`);
}

// `npm run revoke-token`: revokes tokens. API processes refuse them about a second later.
import { findUserIds, insertRevocations } from '../src/identity/revocations.sql.ts';
import { readEnvironment } from '../src/platform/config/environment.ts';
import type { PrismaClient } from '../src/platform/database/db.ts';
import { isUuid, readArguments, runCommand, UsageError } from './local/command.ts';
import { useDatabase } from './local/database.ts';

/** Each API process keeps all revocations in memory, about 100 bytes each. */
const REVOCATIONS_MAX = 100_000;
/** No ID of a longer token is useful: tokens have at most 8,192 characters. */
const TOKEN_ID_LENGTH_MAX = 8_192;

interface Arguments {
  readonly subjects: readonly string[];
  readonly tokenIds: readonly string[];
}

function readRevokeArguments(): Arguments {
  const options = {
    subject: { type: 'string', multiple: true },
    id: { type: 'string', multiple: true },
  } as const;
  const { subject = [], id = [] } = readArguments('revoke-token', { options }).values;
  if (subject.length + id.length === 0) throw new UsageError('revoke-token', '--subject or --id is missing.');
  const tooLong = id.find((text) => text === '' || text.length > TOKEN_ID_LENGTH_MAX);
  if (tooLong !== undefined)
    throw new UsageError('revoke-token', `--id must have 1 to ${TOKEN_ID_LENGTH_MAX} characters.`);
  return { subjects: subject, tokenIds: id };
}

/** A guest without a hold is not stored. Its subject is its ID. */
async function toUserIds(db: PrismaClient, subject: string): Promise<readonly string[]> {
  const stored = await findUserIds(db, subject);
  if (stored.length > 0 || isUuid(subject)) return isUuid(subject) ? [subject, ...stored] : stored;
  throw new Error(`No user has the subject ${subject}. Nothing was revoked.`);
}

await runCommand(async () => {
  const { subjects, tokenIds } = readRevokeArguments();
  await useDatabase(readEnvironment(), async (db) => {
    const userIds = new Set((await Promise.all(subjects.map((subject) => toUserIds(db, subject)))).flat());
    const count = await insertRevocations(db, { userIds: [...userIds], tokenIds }, REVOCATIONS_MAX);
    if (count === 0)
      throw new Error(
        `Nothing was revoked: at most ${REVOCATIONS_MAX.toLocaleString('en')} revocations can stand. ` +
          'To refuse all tokens of this server, replace AUTH_SECRET.',
      );
    process.stderr.write(`  Revoked ${count}: API processes refuse them within two seconds.\n`);
  });
});

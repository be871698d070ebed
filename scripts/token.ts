// `npm run -s token -- --role organizer`: prints only the token to stdout, for use in `$(…)`.
import { randomUUID } from 'node:crypto';
import { DEMO_ORGANIZER_ID } from '../prisma/seed/demo-organizer.ts';
import { Identity } from '../src/identity/identity.ts';
import type { Viewer } from '../src/identity/viewer.ts';
import { loadConfig } from '../src/platform/config/config.ts';
import { createLogger } from '../src/platform/observability/logger.ts';
import { authSecret, openDataFolder } from './local/data-folder.ts';
import { readEnvironment } from '../src/platform/config/environment.ts';
import { isUuid, readArguments, runCommand, UsageError } from './local/command.ts';
import { useDatabase } from './local/database.ts';
import { withPlaceholders } from './local/placeholders.ts';

function readViewer(): Viewer {
  const options = { role: { type: 'string' }, user: { type: 'string' } } as const;
  const { values } = readArguments('token', { options });
  const { role, user } = values;
  if (role !== 'organizer' && role !== 'buyer') {
    throw new UsageError(
      'token',
      role === undefined ? '--role is missing.' : `Unknown role ${role}. Use organizer or buyer.`,
    );
  }
  if (user !== undefined && !isUuid(user)) throw new UsageError('token', `--user ${user} is not a UUID.`);
  return role === 'organizer'
    ? { role: 'ORGANIZER', userId: user ?? DEMO_ORGANIZER_ID }
    : { role: 'BUYER', userId: user ?? randomUUID() };
}

/** Returns the configured secret, or that of the data folder if none is configured and this is not production. */
function readAuth(env: ReturnType<typeof readEnvironment>) {
  const generated = env['NODE_ENV'] === 'production' ? undefined : authSecret(openDataFolder(env));
  return loadConfig({ ...withPlaceholders(env), AUTH_SECRET: env['AUTH_SECRET'] ?? generated }).auth;
}

await runCommand(async () => {
  const viewer = readViewer();
  const env = readEnvironment();
  const auth = readAuth(env);
  const { token, expiresAt } = await useDatabase(env, (db) =>
    new Identity(auth, db, createLogger('silent')).issue(viewer),
  );
  process.stderr.write(`  ${viewer.role} ${viewer.userId}, until ${expiresAt.toISOString()}\n`);
  process.stdout.write(`${token}\n`);
});

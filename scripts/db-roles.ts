// `npm run db:roles`: prints the statements that create a role for each connection pool, for use behind a pooler.
import { readEnvironment } from '../src/platform/config/environment.ts';
import { readArguments, runCommand, UsageError } from './local/command.ts';
import { getRoleStatements } from './schema/role-statements.ts';

await runCommand(() => {
  const { values } = readArguments('db:roles', { options: { owner: { type: 'string' } } });
  const url = readEnvironment()['DATABASE_URL'];
  const owner = values.owner ?? (url === undefined ? '' : decodeURIComponent(new URL(url).username));
  if (owner === '')
    throw new UsageError('db:roles', 'Name the owner of the tables: --owner, or the user of DATABASE_URL.');
  process.stdout.write(`${getRoleStatements(owner).join('\n')}\n`);
});

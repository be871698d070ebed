// `npm run raise-versions`: raises the version of every event after a restore. deploy/restore.sh runs it.
import { raiseVersions, VERSION_JUMP } from '../src/booking/operations/raise-versions.ts';
import { readEnvironment } from '../src/platform/config/environment.ts';
import { refuseArguments, runCommand } from './local/command.ts';
import { useDatabase } from './local/database.ts';

await runCommand(async () => {
  refuseArguments('raise-versions');
  const events = await useDatabase(readEnvironment(), raiseVersions);
  process.stdout.write(
    `  Raised the versions of ${events} events by ${VERSION_JUMP.toLocaleString('en')}.\n`,
  );
});

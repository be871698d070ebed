// `npm run restored`: raises the version of every event after a restore. deploy/restore.sh runs it.
import { noteRestore, VERSION_JUMP } from '../src/booking/batch/epoch.ts';
import { readEnvironment } from '../src/platform/config/environment.ts';
import { refuseArguments, runCommand } from './local/command.ts';
import { useDatabase } from './local/database.ts';

await runCommand(async () => {
  refuseArguments('restored');
  const events = await useDatabase(readEnvironment(), noteRestore);
  process.stdout.write(
    `  Raised the versions of ${events} events by ${VERSION_JUMP.toLocaleString('en')}.\n`,
  );
});

// `npm run import-plan -- FILE [--organizer UUID] [--time-zone NAME]`: creates a venue from a seating plan, in the database of `npm start`.
// Importing the same plan again returns the existing venue.
import { readFile } from 'node:fs/promises';
import { DEMO_ORGANIZER_ID, rememberDemoOrganizer } from '../prisma/seed/demo-organizer.ts';
import { InvalidPlanError } from '../src/catalog/errors.ts';
import { importVenue } from '../src/catalog/venues/import-venue.ts';
import { encodeId } from '../src/platform/ids.ts';
import { readEnvironment } from '../src/platform/config/environment.ts';
import { isUuid, readArguments, runCommand, UsageError } from './local/command.ts';
import { useDatabase } from './local/database.ts';

interface Arguments {
  readonly file: string;
  readonly organizerId: string;
  readonly timeZone: string;
}

function readImportArguments(): Arguments {
  const options = { organizer: { type: 'string' }, 'time-zone': { type: 'string' } } as const;
  const { values, positionals } = readArguments('import-plan', { options, allowPositionals: true });
  const [file, ...others] = positionals;
  if (file === undefined) throw new UsageError('import-plan', 'FILE is missing.');
  if (others.length > 0)
    throw new UsageError('import-plan', `Only one FILE is allowed; unexpected argument ${others[0]}.`);
  const organizerId = values.organizer ?? DEMO_ORGANIZER_ID;
  if (!isUuid(organizerId)) throw new UsageError('import-plan', `--organizer ${organizerId} is not a UUID.`);
  return { file, organizerId, timeZone: values['time-zone'] ?? 'UTC' };
}

async function importPlan({ file, organizerId, timeZone }: Arguments): Promise<void> {
  const planJson = await readFile(file, 'utf8');
  const venueId = await useDatabase(readEnvironment(), async (db) => {
    if (organizerId === DEMO_ORGANIZER_ID) await rememberDemoOrganizer(db);
    else if ((await db.user.findUnique({ where: { id: organizerId } })) === null) {
      throw new Error(
        `The user ${organizerId} does not exist.\n` +
          `Create it with a token: npm run token -- --role organizer --user ${organizerId}`,
      );
    }
    return (await importVenue({ db }, { organizerId, planJson, timeZone })).venueId;
  });
  process.stdout.write(`Venue ${venueId}, ID in the API: ${encodeId('Venue', venueId)}\n`);
}

/** Prints one line per error. */
function printErrors({ faults, faultCount }: InvalidPlanError, file: string): void {
  const lines = faults.map(({ path, message }) => `  ${path}: ${message}`);
  if (faultCount > faults.length) lines.push(`  … and ${faultCount - faults.length} more`);
  process.stderr.write(`${file} has ${faultCount} error(s). Nothing was imported:\n${lines.join('\n')}\n`);
  process.exitCode = 1;
}

await runCommand(async () => {
  const args = readImportArguments();
  try {
    await importPlan(args);
  } catch (error) {
    if (!(error instanceof InvalidPlanError)) throw error;
    printErrors(error, args.file);
  }
});

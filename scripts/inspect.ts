// `npm run inspect -- booking ID`: prints the history of a booking. Reads only.
import { inspectBooking } from '../src/booking/inspect/inspect-booking.ts';
import { printInspection } from '../src/booking/inspect/print-inspection.ts';
import { readEnvironment } from '../src/platform/config/environment.ts';
import { readArguments, runCommand, UsageError } from './local/command.ts';
import { useDatabase } from './local/database.ts';

/** Exit status if booking, claims, seats and change record disagree. */
const DISAGREES = 2;

await runCommand(async () => {
  const { values, positionals } = readArguments('inspect', {
    allowPositionals: true,
    options: { json: { type: 'boolean' } },
  });
  const [kind, id = '', ...rest] = positionals;
  if (kind !== 'booking' || id === '' || rest.length > 0)
    throw new UsageError('inspect', 'Give the word booking, and one ID or number.');
  const found = await useDatabase(readEnvironment(), (db) => inspectBooking(db, id));
  process.stdout.write(`${values.json === true ? JSON.stringify(found, null, 2) : printInspection(found)}\n`);
  if (found.disagreements.length > 0) process.exitCode = DISAGREES;
});

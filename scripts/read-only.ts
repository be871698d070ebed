// `npm run read-only`: switches the writes of all processes off, or lets each decide again.
import { readEnvironment } from '../src/platform/config/environment.ts';
import { readService, writeOrder } from '../src/platform/service/service.sql.ts';
import { readArguments, runCommand, UsageError } from './local/command.ts';
import { useDatabase } from './local/database.ts';

/** Clients see the reason. */
const REASON_LENGTH_MAX = 500;

function readOrder() {
  const options = { reason: { type: 'string' } } as const;
  const { values, positionals } = readArguments('read-only', { options, allowPositionals: true });
  const [order, ...others] = positionals;
  const { reason = null } = values;
  if (others.length > 0 || (order !== 'on' && order !== 'auto' && order !== 'status'))
    throw new UsageError('read-only', 'Exactly one of on, auto and status is required.');
  if (reason !== null && order !== 'on') throw new UsageError('read-only', '--reason belongs to on.');
  if (reason !== null && (reason === '' || reason.length > REASON_LENGTH_MAX))
    throw new UsageError('read-only', `--reason must have 1 to ${REASON_LENGTH_MAX} characters.`);
  return { order, reason };
}

await runCommand(async () => {
  const { order, reason } = readOrder();
  await useDatabase(readEnvironment(), async (db) => {
    if (order !== 'status') {
      const mode = order === 'on' ? 'READ_ONLY' : 'AUTO';
      await writeOrder(db, { mode, reason });
    }
    const { order: stored, isReadOnly } = await readService(db);
    const why = stored.reason === null ? '' : ` (${stored.reason})`;
    process.stdout.write(
      stored.mode === 'READ_ONLY'
        ? `  Writes are switched off${why}. All processes refuse them within two seconds.\n`
        : '  No order: each process switches its writes off if they do not work.\n',
    );
    if (isReadOnly) process.stdout.write('  The server itself accepts no writes.\n');
  });
});

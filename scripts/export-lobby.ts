// `npm run -s export-lobby -- --event ID`: prints the lobby of an event as it was drawn, for publication: one
// `join index,hashed buyer ID` per line. Buyers check it with `npm run verify-draw`.
import { readEnvironment } from '../src/platform/config/environment.ts';
import { parseEventId } from '../src/platform/ids.ts';
import { decodeLobby } from '../src/waiting-room/draw/lobby.ts';
import { readLobbyEntries } from '../src/waiting-room/rooms/rooms.sql.ts';
import { readArguments, runCommand, UsageError } from './local/command.ts';
import { useDatabase } from './local/database.ts';

await runCommand(async () => {
  const { values } = readArguments('export-lobby', { options: { event: { type: 'string' } } });
  const eventId = parseEventId(values.event ?? '');
  if (eventId === null) throw new UsageError('export-lobby', '--event must be the ID of an event.');
  const entries = await useDatabase(readEnvironment(), (db) => readLobbyEntries(db, eventId));
  if (entries === null) throw new Error('The lobby of this event has not been drawn.');
  for (const { joinIndex, buyerHash } of decodeLobby(Buffer.from(entries)))
    console.log(`${joinIndex},${buyerHash.toString('hex')}`);
});

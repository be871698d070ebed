// `npm run reset`: empties the data folder. The next start creates a new database.
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { redisSettings } from '../src/platform/config/redis-settings.ts';
import { step } from './bootstrap/steps.mjs';
import { folderInUse, lockDataFolder, openDataFolder } from './local/data-folder.ts';
import { readEnvironment } from '../src/platform/config/environment.ts';
import { refuseArguments, runCommand } from './local/command.ts';
import { stopPostgres } from './local/postgres/postgres.ts';
import { stopRedis } from './local/redis/redis.ts';

/** Files and folders that Sellout creates. Others are kept, because the folder may be shared. */
const CREATED = ['postgres', 'redis', 'auth-secret', 'running.json'];

async function reset(): Promise<void> {
  refuseArguments('reset');
  const env = readEnvironment();
  const data = openDataFolder(env);
  const lock = await lockDataFolder(data);
  if (!lock) throw folderInUse(data);
  await step(`Emptied ${data.folder}`, async () => {
    // Services of a killed start may still be running and write here.
    await stopPostgres(data.postgres);
    await stopRedis(data.redis);
    for (const name of CREATED) rmSync(path.join(data.folder, name), { recursive: true, force: true });
  });
  const left = readdirSync(data.folder);
  if (left.length > 0) process.stderr.write(`    kept, not created by Sellout: ${left.join(', ')}\n`);
  for (const name of ['DATABASE_URL', ...redisSettings]) {
    if (env[name] !== undefined) process.stderr.write(`    ${name} is set; that service was not changed\n`);
  }
}

await runCommand(reset);

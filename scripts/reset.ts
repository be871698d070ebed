// `npm run reset`: empties the data folder. The next start begins anew.
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { step } from './bootstrap/steps.mjs';
import { folderInUse, lockDataFolder, openDataFolder } from './local/data-folder.ts';
import { readEnvironment } from '../src/platform/config/environment.ts';
import { command } from './local/explain.ts';
import { stopPostgres } from './local/postgres.ts';
import { stopRedis } from './local/redis.ts';
import { refuseArguments } from './local/usage.ts';

/** What Sellout puts into its folder. Whatever else lies there, should the folder be shared, is not ours to delete. */
const OURS = ['postgres', 'redis', 'auth-secret', 'running.json'];

async function reset(): Promise<void> {
  refuseArguments('reset');
  const env = readEnvironment();
  const data = openDataFolder(env);
  const lock = await lockDataFolder(data);
  if (!lock) throw folderInUse(data);
  await step(`Emptied ${data.folder}`, async () => {
    // What a killed start left running still writes here.
    await stopPostgres(data.postgres);
    await stopRedis(data.redis);
    for (const name of OURS) rmSync(path.join(data.folder, name), { recursive: true, force: true });
  });
  const left = readdirSync(data.folder);
  if (left.length > 0) process.stderr.write(`    kept, not created by Sellout: ${left.join(', ')}\n`);
  for (const name of ['DATABASE_URL', 'REDIS_URL']) {
    if (env[name] !== undefined) process.stderr.write(`    ${name} is set; that service was not changed\n`);
  }
}

await command(reset);

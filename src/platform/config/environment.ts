import { existsSync } from 'node:fs';
import path from 'node:path';

const repository = path.resolve(import.meta.dirname, '../../..');

/**
 * Returns the environment, with what `.env` in the repository adds to it. A variable that is set wins over the file, and
 * an empty one counts as absent. Tests (NODE_ENV=test) do not read the file: their settings are their own.
 */
export function readEnvironment(folder: string = repository): Record<string, string | undefined> {
  const file = path.join(folder, '.env');
  if (process.env['NODE_ENV'] !== 'test' && existsSync(file)) process.loadEnvFile(file); // guard: env-file-not-in-tests
  return Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
}

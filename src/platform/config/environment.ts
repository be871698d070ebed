import { existsSync } from 'node:fs';
import path from 'node:path';

const repository = path.resolve(import.meta.dirname, '../../..');

/**
 * Returns the environment with the additions of `.env` in the repository. Variables that are set override the file;
 * empty ones count as absent. With NODE_ENV=test the file is ignored, so that tests control their settings.
 */
export function readEnvironment(folder: string = repository): Record<string, string | undefined> {
  const file = path.join(folder, '.env');
  if (process.env['NODE_ENV'] !== 'test' && existsSync(file)) process.loadEnvFile(file); // guard: env-file-not-in-tests
  return Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
}

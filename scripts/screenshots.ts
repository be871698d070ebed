// `npm run screenshots`: makes the pictures of README.md, from a server of its own with the example events.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { seed } from '../prisma/seed.ts';
import { startApi } from '../src/main/api.ts';
import { loadConfig } from '../src/platform/config/config.ts';
import { step } from './bootstrap/steps.mjs';
import { startBrowser } from './browser/chromium.ts';
import { makeUpBookings } from './browser/made-up-bookings.ts';
import { pictures } from './browser/pictures.ts';
import { refuseArguments, ROOT, runCommand } from './local/command.ts';
import { withScratchServices } from './local/scratch-services.ts';
import { buildShop, isShopOutdated } from './local/web-shop.ts';
import { migrate } from './schema/apply-migrations.ts';

await runCommand(async () => {
  refuseArguments('screenshots');
  if (isShopOutdated()) await step('Web shop', buildShop);
  await withScratchServices(async ({ databaseUrl, redisUrl }) => {
    await step('Migrations', () => migrate(databaseUrl));
    await step('Example events', () => seed({ databaseUrl }));
    await step('Bookings', () => makeUpBookings(databaseUrl));
    const settings = { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, AUTH_SECRET: randomUUID() };
    const api = await startApi(loadConfig({ ...settings, HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'error' }));
    try {
      await takePictures(`http://127.0.0.1:${api.port}`);
    } finally {
      await api.stop();
    }
  });
});

async function takePictures(url: string): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'sellout-browser-'));
  const browser = await startBrowser(folder);
  try {
    for (const { file, options, take } of pictures) {
      await step(`docs/${file}`, async () => {
        const context = await browser.newContext({ baseURL: url, locale: 'en-GB', ...options });
        const page = await context.newPage();
        await take(page, path.join(ROOT, 'docs', file));
        await context.close();
      });
    }
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
}

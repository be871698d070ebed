import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser, BrowserContextOptions, CDPSession, Page } from 'playwright-core';
import { startBrowser } from '../../../scripts/browser/chromium.ts';
import { buildShop, isShopOutdated } from '../../../scripts/local/web-shop.ts';
import { encodeEventId } from '../../../src/platform/ids.ts';
import { DEMO_ORGANIZER_ID, rememberDemoOrganizer } from '../../../prisma/seed/demo-organizer.ts';
import type { BenchContext } from '../context.ts';
import { ServerProcess } from '../server-process.ts';
import { buildPages } from './build-pages.ts';
import { contenders, type Contender, type MapFigures } from './contenders.ts';
import { drive, prepare, scenes, TARGET, type Frames, type Scene } from './drive-map.ts';
import { createMapEvent } from './map-event.ts';
import { getPort, startProxy } from './map-proxy.ts';
import { reportMap } from './map-report.ts';

const SERVER = new URL('./map-server.ts', import.meta.url);
/** Time during which the page is left alone with the changes. */
const CHANGES_SECONDS = 2;

const devices: Record<Contender['device'], BrowserContextOptions> = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 3, hasTouch: true, isMobile: true },
};
const PHONE_SLOWDOWN = 4;

/** Compares the shop's map of 80,000 seats with a bare canvas, SVG and PixiJS in a browser without a GPU. */
export async function runMap(ctx: BenchContext): Promise<string> {
  if (isShopOutdated()) await buildShop();
  const { db } = ctx.arena;
  await rememberDemoOrganizer(db);
  const eventId = await createMapEvent(db, DEMO_ORGANIZER_ID);
  const free = await db.eventSeat.findMany({
    where: { eventId, status: 'AVAILABLE' },
    select: { index: true },
  });
  const indexes = JSON.stringify(free.slice(0, 20_000).map(({ index }) => index));
  const folder = mkdtempSync(path.join(os.tmpdir(), 'sellout-map-'));
  const server = await ServerProcess.start(SERVER, [String(eventId), indexes], ctx.env);
  const proxy = await startProxy(server.port, await buildPages());
  const browser = await startBrowser(folder);
  try {
    const runs = contenders.map((): MapFigures[] => []);
    const origin = `http://127.0.0.1:${getPort(proxy)}`;
    await warmUp(browser, `${origin}${await getPath({ page: null }, origin, eventId)}`);
    for (let round = 0; round < ctx.pairs; round++) {
      for (const [at, contender] of contenders.entries()) {
        await server.ask('start');
        const url = `${origin}${await getPath(contender, origin, eventId)}`;
        runs[at]?.push(await runOne(browser, contender, { url, server, seconds: ctx.seconds }));
      }
    }
    return reportMap(runs);
  } finally {
    await browser.close();
    proxy.close();
    proxy.closeAllConnections();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Opens the shop once, so that the first measured page does not wait for the layout to be made. */
async function warmUp(browser: Browser, url: string): Promise<void> {
  const page = await browser.newPage();
  await page.goto(url);
  await page.locator(TARGET).waitFor();
  await page.close();
}

async function getPath({ page }: Pick<Contender, 'page'>, origin: string, eventId: number): Promise<string> {
  const id = encodeEventId(eventId);
  if (page === null) return `/e/${id.replace(/=+$/, '')}`;
  const map = `/events/${id}/seat-map`;
  const body = { query: '{ event(id: $id) { seatMap { layoutUrl } } }'.replace('$id', JSON.stringify(id)) };
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${origin}/graphql`, { method: 'POST', headers, body: JSON.stringify(body) });
  const { data } = (await answer.json()) as { data: { event: { seatMap: { layoutUrl: string } } } };
  const query = new URLSearchParams({ layout: data.event.seatMap.layoutUrl, map });
  return `/bench/${page}.html?${query.toString()}`;
}

interface Run {
  readonly url: string;
  readonly server: ServerProcess;
  readonly seconds: number;
}

async function runOne(
  browser: Browser,
  { device }: Contender,
  { url, server, seconds }: Run,
): Promise<MapFigures> {
  const context = await browser.newContext(devices[device]);
  try {
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    if (device === 'phone') await devtools.send('Emulation.setCPUThrottlingRate', { rate: PHONE_SLOWDOWN });
    await prepare(page);
    await page.goto(url);
    await page.locator(TARGET).waitFor();
    const first = await page.waitForFunction(readReadyMs);
    const frames = new Map<Scene['name'], Frames>();
    for (const scene of scenes) frames.set(scene.name, await drive(page, scene, seconds));
    const changes = await measureChanges(page, devtools, server);
    await devtools.send('HeapProfiler.collectGarbage');
    const { usedSize } = await devtools.send('Runtime.getHeapUsage');
    const bytes = await page.evaluate(readBytes);
    const firstMs = await first.jsonValue();
    return { firstMs, scenes: frames, ...changes, heapMegabytes: usedSize / 2 ** 20, bytes };
  } finally {
    await context.close();
  }
}

interface Measured {
  readonly readyMs: number;
  readonly messageMs: number;
}

/** Runs in the page. */
function readReadyMs(): number {
  const { measured } = window as unknown as { measured: Measured };
  return Math.max(0, measured.readyMs);
}

/** Runs in the page. Returns the bytes that the page needs before it asks for the event, without the layout. */
function readBytes(): number {
  const entries = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
  const event = entries.find(({ name }) => name.endsWith('/graphql'))?.startTime ?? Infinity;
  const [page] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  const files = entries.filter(({ startTime, name }) => startTime < event && !name.includes('/layouts/'));
  return files.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, page?.encodedBodySize ?? 0);
}

/** Leaves the page alone with the changes, and then without them: the difference is what they cost. */
async function measureChanges(page: Page, devtools: CDPSession, server: ServerProcess) {
  const read = async () => {
    const { metrics } = await devtools.send('Performance.getMetrics');
    const taskMs = (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1_000;
    const messageMs = await page.evaluate(
      () => (window as unknown as { measured: Measured }).measured.messageMs,
    );
    return { taskMs, messageMs };
  };
  const measure = async () => {
    const before = await read();
    await page.waitForTimeout(CHANGES_SECONDS * 1_000);
    const after = await read();
    return {
      taskMs: (after.taskMs - before.taskMs) / CHANGES_SECONDS,
      messageMs: (after.messageMs - before.messageMs) / CHANGES_SECONDS,
    };
  };
  await devtools.send('Performance.enable');
  const busy = await measure();
  await server.ask('stop');
  await page.waitForTimeout(500);
  const calm = await measure();
  return { messageMs: busy.messageMs, changeMs: busy.taskMs - calm.taskMs };
}

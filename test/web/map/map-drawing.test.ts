import { createHash } from 'node:crypto';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { expectCount, openMap, patience, show, type MapElement, type Point } from './map.fixture.ts';
import { selectSeats, useWeb } from '../web.fixture.ts';

const web = useWeb();

/** Returns the color a little above the center of a seat, beside its number. */
const readColor = (page: Page, index: number): Promise<string> =>
  page.locator('.map-canvas').evaluate((element, seat) => {
    const { x, y } = (element as MapElement).seatMap.screenOf(seat);
    const canvas = element.querySelector('canvas');
    const pixel = canvas?.getContext('2d')?.getImageData(x, y - 12, 1, 1).data;
    return [...(pixel ?? [])].join(' ');
  }, index);

it("another buyer's hold changes the color of the seat and the counts", async () => {
  const [page, other] = await Promise.all([web().open(web().eventUrl), web().open(web().eventUrl)]);
  await openMap(page);
  await show(page, 12);
  await expectCount(page, 'held', 0);
  const before = await readColor(page, 12);
  await selectSeats(other, 12, 13);
  await other.getByRole('button', { name: 'Hold 2 seats' }).click();
  await expectCount(page, 'held', 2);
  await expect.poll(() => readColor(page, 12), patience).not.toBe(before);
});

it('a slow machine moves the map with fewer pixels, and then shows whole what has changed meanwhile', async () => {
  const { url } = await web().createEvent({ rows: 60, seatsPerRow: 60 });
  const page = await web().open(url, { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 });
  const other = await web().open(url);
  await openMap(page);
  const canvas = page.locator('.map-canvas canvas');
  const readPixels = async () => {
    const pixels = await canvas.evaluate((element) => (element as HTMLCanvasElement).toDataURL());
    return createHash('sha256').update(pixels).digest('hex');
  };
  const readRatio = () =>
    canvas.evaluate((element) => (element as HTMLCanvasElement).width / element.clientWidth);
  expect(await canvas.evaluate(moveSlowly, 0)).toBeCloseTo(1);
  await expect.poll(readRatio, patience).toBeCloseTo(2);
  const before = await readPixels();
  await selectSeats(other, 5, 6);
  const moved = canvas.evaluate(moveSlowly, 2);
  await other.getByRole('button', { name: 'Hold 2 seats' }).click();
  expect(await moved).toBeCloseTo(1);
  await expect.poll(readRatio, patience).toBeCloseTo(2);
  await expect.poll(readPixels, patience).not.toBe(before);
});

/** Drags the map to and fro, with slow frames, until seats are held. Returns its pixels per CSS pixel meanwhile. */
async function moveSlowly(element: Element, held: number): Promise<number> {
  const canvas = element as HTMLCanvasElement;
  Element.prototype.setPointerCapture = () => {};
  const { left, top } = canvas.getBoundingClientRect();
  const send = (type: string, way: number) => {
    const at = { clientX: left + 100 + way, clientY: top + 100, pointerId: 1, button: 0, bubbles: true };
    canvas.dispatchEvent(new PointerEvent(type, { ...at, pointerType: 'mouse' }));
  };
  send('pointerdown', 0);
  let ratio = NaN;
  for (let step = 0; step < 8 || canvas.parentElement?.dataset['held'] !== String(held); step++) {
    send('pointermove', step % 2 === 0 ? 20 : 0);
    await new Promise(requestAnimationFrame);
    ratio = canvas.width / canvas.clientWidth;
    for (const startMs = performance.now(); performance.now() - startMs < 40;);
  }
  send('pointermove', 0);
  send('pointerup', 0);
  return ratio;
}

/** Returns whether places in the square of an own seat have the color of the sign on it. Places are in units of the sign's path. */
const readSign = (
  page: Page,
  index: number,
  pxPerUnit: number,
  places: readonly Point[],
): Promise<boolean[]> =>
  page.locator('.map-canvas').evaluate(
    (element, { seat, unit, wanted }) => {
      const { x, y } = (element as MapElement).seatMap.screenOf(seat);
      const context = element.querySelector('canvas')?.getContext('2d');
      const probe = document.createElement('span');
      probe.style.color = 'var(--on-accent)';
      element.append(probe);
      const sign = (getComputedStyle(probe).color.match(/\d+/g) ?? []).map(Number);
      probe.remove();
      return wanted.map((place) => {
        const at = [x + (place.x - 10) * unit, y + (place.y - 10) * unit] as const;
        const pixel = context?.getImageData(...at, 1, 1).data;
        // Signs are not aligned to pixels, so a pixel may mix their color with a little of the square's.
        return (
          pixel !== undefined && sign.every((value, channel) => Math.abs(value - (pixel[channel] ?? 0)) < 100)
        );
      });
    },
    { seat: index, unit: pxPerUnit, wanted: places },
  );

/** Places on the check mark but not on the star, on the star but not on the check mark, and on neither. */
const PLACES = [
  { x: 13.8, y: 7.7 },
  { x: 10, y: 9.5 },
  { x: 4.6, y: 5.6 },
];

it('selected and own seats have signs that need no font, near and far', async () => {
  const { url } = await web().createEvent({ rows: 60, seatsPerRow: 60 });
  const page = await web().open(url, { reducedMotion: 'reduce' });
  await openMap(page);
  await page.evaluate(() => {
    const { prototype } = CanvasRenderingContext2D;
    const watched = new Proxy(Reflect.get(prototype, 'fillText') as () => void, {
      apply(fillText, context, drawn: readonly unknown[]) {
        // Letters, digits and the punctuation of prices and names.
        if (/[^\p{L}\p{N}\p{P}\p{Sc}\s]/u.test(String(drawn[0])))
          console.error(`text on the map: ${String(drawn[0])}`);
        Reflect.apply(fillText, context, drawn);
      },
    });
    Reflect.set(prototype, 'fillText', watched);
  });
  const expectSign = async (signs: readonly boolean[]) => {
    await show(page, 5);
    // A seat of 30 pixels has a square of 0.92 times its size, and the sign's square has 14 units.
    await expect.poll(() => readSign(page, 5, (30 * 0.92) / 14, PLACES), patience).toEqual(signs);
    await page.getByRole('button', { name: 'Show the whole hall' }).click();
    await expect.poll(() => readSign(page, 5, 1, PLACES), patience).toEqual(signs);
  };
  const { x, y } = await show(page, 5);
  await page.mouse.click(x, y);
  await expectCount(page, 'selected', 1);
  await expectSign([true, false, false]);
  await page.getByRole('button', { name: 'Hold 1 seat' }).click();
  await page.getByRole('timer').waitFor();
  await expectSign([false, true, false]);
});

import type { Page } from 'playwright-core';

/** Time between frames in milliseconds. */
export interface Frames {
  readonly p50: number;
  readonly p95: number;
}

export interface Scene {
  readonly name: 'overview' | 'middle' | 'close' | 'zoom';
  /** Distance between seats in pixels; 0 for the whole hall. */
  readonly pitch: number;
  /** Zooms in and out instead of moving the hall. */
  readonly isZoom: boolean;
}

export const scenes: readonly Scene[] = [
  { name: 'overview', pitch: 0, isZoom: false },
  { name: 'middle', pitch: 7, isZoom: false },
  { name: 'close', pitch: 25, isZoom: false },
  { name: 'zoom', pitch: 3, isZoom: true },
];

/** The element with the gestures, in the shop and in the compared pages. */
export const TARGET = '.map-canvas canvas, .drawing';

/** Makes a page report when its map is drawn, and lets it take gestures that no device has sent. */
export async function prepare(page: Page): Promise<void> {
  await page.addInitScript(() => {
    Element.prototype.setPointerCapture = () => {};
    const measured = { readyMs: 0, messageMs: 0, messages: 0 };
    Object.assign(window, { measured });
    const report = () => {
      if (measured.readyMs > 0 || document.querySelector('[data-ready]') === null) return;
      measured.readyMs = -1;
      requestAnimationFrame(() => setTimeout(() => (measured.readyMs = performance.now())));
    };
    new MutationObserver(report).observe(document, {
      subtree: true,
      childList: true,
      attributeFilter: ['data-ready'],
    });
    // Measures what the page does with messages of its socket, without the drawing of the next frame.
    const own = Object.getOwnPropertyDescriptor(WebSocket.prototype, 'onmessage');
    Object.defineProperty(WebSocket.prototype, 'onmessage', {
      ...own,
      set(this: WebSocket, listener: ((event: MessageEvent) => unknown) | null) {
        own?.set?.call(this, (event: MessageEvent) => {
          const startMs = performance.now();
          listener?.call(this, event);
          measured.messageMs += performance.now() - startMs;
          measured.messages++;
        });
      },
    });
  });
}

/** Moves or zooms the map in each frame for some time, as a mouse would. */
export function drive(page: Page, { pitch, isZoom }: Scene, seconds: number): Promise<Frames> {
  return page.evaluate(driveInPage, { pitch, isZoom, seconds, target: TARGET });
}

interface Drive {
  readonly pitch: number;
  readonly isZoom: boolean;
  readonly seconds: number;
  readonly target: string;
}

type MapElement = Element & { seatMap?: { screenOf(index: number): { x: number; y: number } } };

/** Runs in the page, so it can use nothing of this file. */
async function driveInPage({ pitch, isZoom, seconds, target }: Drive): Promise<Frames> {
  const element = document.querySelector(target);
  if (element === null) throw new Error('the page has no map');
  const holder = ('seatMap' in element ? element : element.parentElement) as MapElement | null;
  const screenOf = (index: number) => holder?.seatMap?.screenOf(index) ?? { x: 0, y: 0 };
  const box = element.getBoundingClientRect();
  const middle = { x: box.left + box.width / 2, y: box.top + box.height / 2 };
  const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
  const send = (type: string, x: number, y: number) => {
    const common = { clientX: x, clientY: y, bubbles: true, cancelable: true };
    element.dispatchEvent(
      new PointerEvent(type, { ...common, pointerId: 1, pointerType: 'mouse', isPrimary: true, button: 0 }),
    );
  };
  const wheel = (deltaY: number, x: number, y: number) =>
    element.dispatchEvent(
      new WheelEvent('wheel', { deltaY, clientX: x, clientY: y, bubbles: true, cancelable: true }),
    );
  const { left, top } = box;
  // A seat in the middle of a section of the lower tier; the middle of the hall has no seats.
  const seat = 4_000;
  const getPitch = () => {
    const [one, other] = [screenOf(seat), screenOf(seat + 1)];
    return Math.hypot(one.x - other.x, one.y - other.y);
  };
  for (let tries = 0; tries < 12; tries++) wheel(300, middle.x, middle.y);
  for (let tries = 0; tries < 12 && getPitch() < pitch * 0.99; tries++) {
    const at = screenOf(seat);
    wheel(-Math.min(300, 625 * Math.log(pitch / getPitch())), left + at.x, top + at.y);
  }
  if (pitch > 0) {
    const at = screenOf(seat);
    send('pointerdown', left + at.x, top + at.y);
    send('pointermove', middle.x, middle.y);
    send('pointerup', middle.x, middle.y);
  }
  for (const calmMs = performance.now() + 600; performance.now() < calmMs;) await frame();
  const times: number[] = [];
  const startMs = await frame();
  let nowMs = startMs;
  if (!isZoom) send('pointerdown', middle.x, middle.y);
  while (nowMs - startMs < seconds * 1_000) {
    const turn = ((nowMs - startMs) / 1_200) * 2 * Math.PI;
    if (isZoom) wheel(40 * Math.cos(turn / 1.5) * -1, middle.x, middle.y);
    else send('pointermove', middle.x + 110 * Math.sin(turn), middle.y + 70 * (1 - Math.cos(turn)));
    const next = await frame();
    times.push(next - nowMs);
    nowMs = next;
  }
  if (!isZoom) send('pointerup', middle.x, middle.y);
  times.sort((a, b) => a - b);
  return {
    p50: times[Math.floor(times.length * 0.5)] ?? 0,
    p95: times[Math.floor(times.length * 0.95)] ?? 0,
  };
}

import { createClient } from 'graphql-ws';
import { createSeatFeed, type SeatChange } from '../../../../src/web/seat-feed/create-seat-feed.ts';
import { graphqlWsTransport } from '../../../../src/web/seat-feed/graphql-ws.ts';
import type { SeatLayout, SeatSource } from '../../../../src/web/shop/map/contract.ts';
import { listenToPointers } from '../../../../src/web/shop/map/input.ts';
import { SeatGrid } from '../../../../src/web/shop/map/seat-grid.ts';
import { Camera, toScreen, type Viewport } from '../../../../src/web/shop/map/viewport.ts';

/** What all compared pages share: the hall, its live seats, and the colors. */
export interface BareHall {
  readonly layout: SeatLayout;
  readonly grid: SeatGrid;
  readonly width: number;
  readonly height: number;
  getColor(index: number): string;
}

export interface Drawing {
  /** Element that gets the gestures. */
  readonly element: HTMLElement;
  draw(view: Viewport): void;
  change(seats: readonly SeatChange[]): void;
}

type Create = (hall: BareHall) => Drawing | Promise<Drawing>;

const PALETTE = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];
const TAKEN = '#82828f';

/** Loads the event of the address, and draws it live with the same gestures, grid and camera as the shop. */
export async function showHall(create: Create): Promise<void> {
  const query = new URLSearchParams(location.search);
  const [layout, initial] = await Promise.all([
    getJson<SeatLayout>(query.get('layout') ?? ''),
    getJson<{ version: number; states: string }>(query.get('map') ?? ''),
  ]);
  const grid = new SeatGrid(layout);
  const client = createClient({ url: `ws://${location.host}/graphql`, retryAttempts: 0, keepAlive: 10_000 });
  let onChange = (_seats: readonly SeatChange[]) => {};
  const feed: Pick<SeatSource, 'statusOf'> = createSeatFeed({
    seatCount: layout.seatIds.length,
    initial,
    ...graphqlWsTransport(client, layout.eventId),
    onChange: ({ seats }) => onChange(seats),
  });
  const screen = { width: innerWidth, height: innerHeight };
  const drawing = await create({
    layout,
    grid,
    ...screen,
    getColor: (index) =>
      feed.statusOf(index) === 'AVAILABLE' ? (PALETTE[layout.tier[index] ?? 0] ?? TAKEN) : TAKEN,
  });
  const camera = new Camera(grid.bounds, 80 / grid.pitch);
  camera.resize(screen);
  let frame = 0;
  const redraw = () => {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      drawing.draw(camera.view);
    });
  };
  onChange = (seats) => {
    drawing.change(seats);
    redraw();
  };
  listenToPointers(
    drawing.element,
    {
      pan(x, y) {
        camera.pan(x, y);
        redraw();
      },
      zoom(factor, about) {
        camera.zoom(factor, about);
        redraw();
      },
      tap: () => {},
      doubleTap: () => {},
      hover: () => {},
    },
    new AbortController().signal,
  );
  drawing.element.classList.add('drawing');
  const screenOf = (index: number) => toScreen(camera.view, grid.locate(index));
  Object.assign(drawing.element, { seatMap: { screenOf } });
  drawing.draw(camera.view);
  document.body.dataset['ready'] = '';
}

async function getJson<T>(address: string): Promise<T> {
  return (await (await fetch(address)).json()) as T;
}

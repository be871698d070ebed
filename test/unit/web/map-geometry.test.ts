import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { getConvexHull, getOutlines, isInside } from '../../../src/web/shop/map/outlines.ts';
import { SeatGrid } from '../../../src/web/shop/map/seat-grid.ts';
import { step } from '../../../src/web/shop/map/steps.ts';
import { Camera, fit, toHall, toScreen, zoomAbout } from '../../../src/web/shop/map/viewport.ts';
import { createLayout } from './layout.fixture.ts';

/** Rows of ten seats, ten units apart. */
const block = (section: number, left: number) =>
  Array.from({ length: 30 }, (_, at) => ({
    x: left + (at % 10) * 10,
    y: Math.floor(at / 10) * 10,
    section,
    row: String(Math.floor(at / 10)),
  }));

const coordinate = fc.integer({ min: -5_000, max: 5_000 });
const point = fc.record({ x: coordinate, y: coordinate });

describe('the grid of seats', () => {
  it('finds the same nearest seat as a search through all seats', () => {
    fc.assert(
      fc.property(
        fc.array(point, { minLength: 1, maxLength: 60 }),
        point,
        fc.nat(3_000),
        (seats, at, radius) => {
          const grid = new SeatGrid(createLayout(seats));
          const distances = seats.map(({ x, y }) => Math.hypot(x - at.x, y - at.y));
          const shortest = Math.min(...distances);
          const found = grid.findNearest(at.x, at.y, radius);
          expect(found === null ? null : distances[found]).toBe(shortest <= radius ? shortest : null);
        },
      ),
    );
  });

  it('stays small if seats are far apart', () => {
    const grid = new SeatGrid(
      createLayout([
        { x: 0, y: 0 },
        { x: 1, y: 0 },
        { x: 1e9, y: 1e9 },
      ]),
    );
    expect(grid.pitch).toBeGreaterThan(0);
    expect(grid.findNearest(1e9, 1e9, 1)).toBe(2);
  });

  it('visits all seats of a box', () => {
    const grid = new SeatGrid(createLayout(block(0, 0)));
    const seen = new Set<number>();
    grid.forEachIn({ left: -1, top: -1, right: 91, bottom: 21 }, (index) => seen.add(index));
    expect(seen.size).toBe(30);
    expect(grid.pitch).toBe(10);
  });
});

describe('outlines', () => {
  it('a convex hull has all points inside or on its edges', () => {
    fc.assert(
      fc.property(fc.array(point, { minLength: 3, maxLength: 40 }), (points) => {
        const hull = getConvexHull(points);
        const corners = new Set(hull.map(({ x, y }) => `${x} ${y}`));
        const center = {
          x: hull.reduce((sum, { x }) => sum + x, 0) / hull.length,
          y: hull.reduce((sum, { y }) => sum + y, 0) / hull.length,
        };
        if (hull.length < 3) return;
        expect(isInside(hull, center)).toBe(true);
        for (const { x, y } of points) {
          // Slightly towards the center, so that corners and edges count as inside.
          const near = { x: x + (center.x - x) * 1e-6, y: y + (center.y - y) * 1e-6 };
          expect(corners.has(`${x} ${y}`) || isInside(hull, near)).toBe(true);
        }
      }),
    );
  });

  it('surround the seats of each section, unless seats of another section are among them', () => {
    const apart = createLayout([...block(0, 0), ...block(1, 200)]);
    const [first] = getOutlines(apart, new SeatGrid(apart));
    expect(isInside(first?.hull ?? [], { x: 0, y: 0 })).toBe(true);
    expect(isInside(first?.hull ?? [], { x: 200, y: 0 })).toBe(false);
    const nested = createLayout([...block(0, 0), { x: 45, y: 15, section: 1 }]);
    expect(getOutlines(nested, new SeatGrid(nested))[0]?.hull).toEqual([]);
  });
});

describe('keys', () => {
  const layout = createLayout([...block(0, 0), ...block(1, 200)]);
  const hall = { layout, grid: new SeatGrid(layout) };

  it.each([
    ['ArrowRight', 12, 13],
    ['ArrowLeft', 12, 11],
    ['ArrowUp', 12, 2],
    ['ArrowDown', 12, 22],
    ['PageUp', 12, 2],
    ['PageDown', 12, 22],
    ['Home', 12, 10],
    ['End', 12, 19],
    // Over the aisle, and nowhere at the edge of the hall.
    ['ArrowRight', 19, 40],
    ['ArrowLeft', 10, 10],
    ['PageUp', 5, 5],
  ] as const)('%s moves from seat %i to seat %i', (key, from, to) => {
    expect(step(hall, from, key)).toBe(to);
  });

  it('the arrows along a row that stands upright stay in the row', () => {
    const upright = createLayout(
      Array.from({ length: 20 }, (_, at) => ({
        x: Math.floor(at / 10) * 10,
        y: (at % 10) * 10,
        row: String(Math.floor(at / 10)),
      })),
    );
    expect(step({ layout: upright, grid: new SeatGrid(upright) }, 4, 'ArrowDown')).toBe(5);
  });
});

describe('the view', () => {
  const box = { left: 100, top: 50, right: 1_100, bottom: 550 };
  const screen = { width: 400, height: 400 };

  it('a fitted hall is in the center and within the screen', () => {
    const view = fit(box, screen);
    const from = toScreen(view, { x: box.left, y: box.top });
    const to = toScreen(view, { x: box.right, y: box.bottom });
    expect(from.x).toBeGreaterThanOrEqual(0);
    expect(to.x).toBeLessThanOrEqual(400);
    expect((from.y + to.y) / 2).toBeCloseTo(200);
  });

  it('zooming keeps the point under the pointer', () => {
    const before = fit(box, screen);
    const about = { x: 90, y: 210 };
    const after = zoomAbout(before, 3, about, { min: 0.1, max: 10 });
    expect(toHall(after, about).x).toBeCloseTo(toHall(before, about).x);
    expect(toHall(after, about).y).toBeCloseTo(toHall(before, about).y);
    expect(after.scale).toBeCloseTo(before.scale * 3);
  });

  it('panning and zooming never lose the hall', () => {
    fc.assert(
      fc.property(point, fc.double({ min: 0.01, max: 100, noNaN: true }), (by, factor) => {
        const camera = new Camera(box, 20);
        camera.resize(screen);
        camera.zoom(factor, { x: 10, y: 10 });
        camera.pan(by.x, by.y);
        const seen = toHall(camera.view, camera.middle);
        expect(seen.x).toBeGreaterThanOrEqual(box.left - 1e-6);
        expect(seen.x).toBeLessThanOrEqual(box.right + 1e-6);
        expect(seen.y).toBeGreaterThanOrEqual(box.top - 1e-6);
        expect(seen.y).toBeLessThanOrEqual(box.bottom + 1e-6);
        expect(camera.view.scale).toBeLessThanOrEqual(20);
      }),
    );
  });

  it('an animation ends at its target, which a second one starts from', () => {
    const camera = new Camera(box, 20);
    camera.resize(screen);
    const before = camera.view;
    camera.glide(0, () => camera.zoom(2, camera.middle));
    expect(camera.view).toEqual(before);
    expect(camera.advance(100)).toBe(true);
    expect(camera.view.scale).toBeGreaterThan(before.scale);
    expect(camera.view.scale).toBeLessThan(before.scale * 2);
    camera.glide(100, () => camera.zoom(2, camera.middle));
    expect(camera.advance(1_000)).toBe(false);
    expect(camera.view.scale).toBeCloseTo(before.scale * 4);
    expect(camera.view).toEqual(camera.target);
  });

  it('a large box is shown around a point, and a small one whole, in a range of the scale', () => {
    const camera = new Camera(box, 20);
    camera.resize(screen);
    camera.showBox(box, { x: 300, y: 300 }, { min: 2, max: 4 });
    expect(camera.view.scale).toBe(2);
    expect(toHall(camera.view, camera.middle)).toEqual({ x: 300, y: 300 });
    camera.showBox({ left: 400, top: 200, right: 410, bottom: 210 }, { x: 400, y: 200 }, { min: 2, max: 4 });
    expect(camera.view.scale).toBe(4);
    expect(toHall(camera.view, camera.middle)).toEqual({ x: 405, y: 205 });
  });

  it('a hall that nobody has moved fits again when the screen changes, and a moved one keeps its center', () => {
    const camera = new Camera(box, 20);
    camera.resize(screen);
    camera.resize({ width: 800, height: 800 });
    expect(camera.view).toEqual(fit(box, { width: 800, height: 800 }, 20));
    camera.show({ x: 300, y: 300 }, 5);
    camera.resize(screen);
    expect(toHall(camera.view, camera.middle)).toEqual({ x: 300, y: 300 });
  });
});

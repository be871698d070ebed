import { drawSign } from './draw-sign.ts';
import { getSquareSize } from './hall-bitmap.ts';
import { BLOCKED, BOOKED, FREE, HELD, MINE, OTHER, SELECTED } from '../looks.ts';
import type { Scene } from '../scene.ts';
import { SIGN_SQUARE } from '../signs.ts';
import type { Viewport } from '../viewport.ts';

type Context = CanvasRenderingContext2D;

/** Distance between seats in pixels from which numbers are legible. */
const NUMBERS_FROM_PX = 22;

/** The visible seats, sorted by what they are drawn with. */
class Groups {
  readonly byLook: number[][] = Array.from({ length: MINE + 1 }, () => []);
  /** The free seats, by the color of their tier. */
  readonly byTier = new Map<number, number[]>();

  constructor(scene: Scene, visible: readonly number[]) {
    for (const index of visible) {
      const look = scene.looks.of[index] ?? 0;
      this.byLook[look]?.push(index);
      if (look === FREE) push(this.byTier, scene.getTierColor(index), index);
    }
  }

  get(look: number): readonly number[] {
    return this.byLook[look] ?? [];
  }
}

function push(groups: Map<number, number[]>, key: number, index: number): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [index]);
  else group.push(index);
}

/** Draws the middle distance: squares, which are small for seats that cannot be had. */
export function drawSquares(
  context: Context,
  scene: Scene,
  view: Viewport,
  visible: readonly number[],
): void {
  const { grid, looks, theme } = scene;
  const byPaint = new Map<number, number[]>();
  for (const index of visible) push(byPaint, scene.getPaint(index), index);
  for (const [paint, seats] of byPaint) {
    context.fillStyle = theme.paints[paint] ?? theme.text;
    for (const index of seats) {
      const side = grid.pitch * view.scale * getSquareSize(looks.of[index] ?? 0);
      const x = (grid.x[index] ?? 0) * view.scale + view.offsetX;
      const y = (grid.y[index] ?? 0) * view.scale + view.offsetY;
      context.fillRect(x - side / 2, y - side / 2, side, side);
    }
  }
}

/** Draws the near view. Each status has its own shape: disk, dot, ring, cross, dash, square. */
export function drawShapes(context: Context, scene: Scene, view: Viewport, visible: readonly number[]): void {
  const { theme, grid } = scene;
  const groups = new Groups(scene, visible);
  const pitch = grid.pitch * view.scale;
  const radius = pitch * 0.4;
  const trace = (seats: readonly number[], shape: (x: number, y: number) => void) => {
    context.beginPath();
    for (const index of seats)
      shape(
        (grid.x[index] ?? 0) * view.scale + view.offsetX,
        (grid.y[index] ?? 0) * view.scale + view.offsetY,
      );
  };
  const disk = (size: number) => (x: number, y: number) => {
    context.moveTo(x + size, y);
    context.arc(x, y, size, 0, 2 * Math.PI);
  };
  context.lineWidth = Math.max(1, pitch / 18);
  context.lineCap = 'round';
  context.fillStyle = context.strokeStyle = theme.control;
  trace(groups.get(OTHER), disk(radius * 0.4));
  context.fill();
  trace(groups.get(HELD), disk(radius * 0.75));
  context.stroke();
  trace(groups.get(BOOKED), (x, y) => {
    const arm = radius * 0.45;
    context.moveTo(x - arm, y - arm);
    context.lineTo(x + arm, y + arm);
    context.moveTo(x - arm, y + arm);
    context.lineTo(x + arm, y - arm);
  });
  context.stroke();
  trace(groups.get(BLOCKED), (x, y) => {
    context.moveTo(x - radius * 0.5, y);
    context.lineTo(x + radius * 0.5, y);
  });
  context.stroke();
  // A rim gives light colors a contrast to the background.
  context.strokeStyle = theme.text;
  context.lineWidth = 1;
  for (const [color, seats] of groups.byTier) {
    context.fillStyle = theme.tiers[color] ?? theme.text;
    trace(seats, disk(radius));
    context.fill();
    context.globalAlpha = 0.55;
    context.stroke();
    context.globalAlpha = 1;
    if (pitch >= NUMBERS_FROM_PX) drawNumbers(context, scene, view, seats, theme.inks[color] ?? theme.text);
  }
  drawOwn(context, scene, view, SELECTED, groups.get(SELECTED));
  drawOwn(context, scene, view, MINE, groups.get(MINE));
}

/** Draws seats that are selected or the buyer's own: a large square with a sign. */
function drawOwn(
  context: Context,
  scene: Scene,
  view: Viewport,
  look: number,
  seats: readonly number[],
): void {
  const { theme, grid } = scene;
  const half = grid.pitch * view.scale * 0.46;
  for (const index of seats) {
    const x = (grid.x[index] ?? 0) * view.scale + view.offsetX;
    const y = (grid.y[index] ?? 0) * view.scale + view.offsetY;
    context.fillStyle = scene.getColor(index);
    context.beginPath();
    context.roundRect(x - half, y - half, half * 2, half * 2, half * 0.35);
    context.fill();
    context.fillStyle = theme.onAccent;
    drawSign(context, look, { x, y, pxPerUnit: (half * 2) / SIGN_SQUARE });
  }
}

function drawNumbers(
  context: Context,
  scene: Scene,
  view: Viewport,
  seats: readonly number[],
  ink: string,
): void {
  const { grid, options, theme } = scene;
  const pitch = grid.pitch * view.scale;
  context.fillStyle = ink;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.font = `600 ${Math.min(pitch * 0.36, 15)}px ${theme.font}`;
  for (const index of seats) {
    const text = options.layout.number[index] ?? '';
    // Anything longer would cover the neighbors.
    if (text.length > 4) continue;
    context.fillText(
      text,
      (grid.x[index] ?? 0) * view.scale + view.offsetX,
      (grid.y[index] ?? 0) * view.scale + view.offsetY,
    );
  }
}

import type { LayoutArea } from './contract.ts';
import type { SectionOutline } from './outlines.ts';
import type { Scene } from './scene.ts';
import type { Size, Viewport } from './viewport.ts';

type Context = CanvasRenderingContext2D;

const LINE_PX = 14;
/** Characters of a text of the plan that are drawn. */
const TEXT_MAX = 60;

/** Draws the stage and other areas of the plan, in the colors of the theme. */
export function drawAreas(context: Context, scene: Scene, view: Viewport): void {
  const { theme, options } = scene;
  for (const area of options.layout.areas) {
    context.save();
    context.translate(area.x * view.scale + view.offsetX, area.y * view.scale + view.offsetY);
    context.rotate((area.rotation * Math.PI) / 180);
    context.fillStyle = theme.line;
    traceArea(context, area, view.scale);
    context.fill();
    context.restore();
    drawAreaText(context, scene, view, area);
  }
}

function traceArea(context: Context, area: LayoutArea, scale: number): void {
  context.beginPath();
  const { width = 0, height = 0, radius = 0, radiusX = radius, radiusY = radius, points = [] } = area;
  if (area.shape === 'rectangle') context.rect(0, 0, width * scale, height * scale);
  if (area.shape === 'circle' || area.shape === 'ellipse')
    context.ellipse(0, 0, Math.max(0, radiusX * scale), Math.max(0, radiusY * scale), 0, 0, 2 * Math.PI);
  if (area.shape === 'polygon')
    for (const { x, y } of points) context.lineTo((x - area.x) * scale, (y - area.y) * scale);
  context.closePath();
}

function drawAreaText(context: Context, { theme }: Scene, view: Viewport, { text }: LayoutArea): void {
  if (text === null) return;
  const size = Math.min(40, text.size * view.scale);
  if (size < 7) return;
  context.fillStyle = theme.text;
  context.font = `600 ${size}px ${theme.font}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(
    text.text.slice(0, TEXT_MAX),
    text.x * view.scale + view.offsetX,
    text.y * view.scale + view.offsetY,
  );
}

/** Draws the outlines of sections with their names, free seats and lowest prices. */
export class SectionLabels {
  readonly #scene: Scene;
  /** The lines of each section, and from what they were made. */
  readonly #lines = new Map<number, { free: number; amountMin: number | null; lines: readonly string[] }>();

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  draw(context: Context, view: Viewport, screen: Size): void {
    const { theme, outlines } = this.#scene;
    context.lineWidth = 1;
    context.strokeStyle = theme.soft;
    context.beginPath();
    for (const { hull } of outlines) {
      hull.forEach(({ x, y }, at) => {
        const [left, top] = [x * view.scale + view.offsetX, y * view.scale + view.offsetY];
        if (at === 0) context.moveTo(left, top);
        else context.lineTo(left, top);
      });
      if (hull.length > 0) context.closePath();
    }
    context.globalAlpha = 0.6;
    context.stroke();
    context.globalAlpha = 1;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    for (const outline of outlines) this.#drawLabel(context, view, screen, outline);
  }

  #drawLabel(context: Context, view: Viewport, screen: Size, { section, center, box }: SectionOutline): void {
    const { theme } = this.#scene;
    const x = center.x * view.scale + view.offsetX;
    const y = center.y * view.scale + view.offsetY;
    const width = (box.right - box.left) * view.scale;
    const height = (box.bottom - box.top) * view.scale;
    if (x < -width || y < -height || x > screen.width + width || y > screen.height + height) return;
    const { free, lines } = this.#getLines(section);
    context.font = `650 11px ${theme.font}`;
    let shown: readonly string[] = [];
    let widest = 0;
    for (const line of lines) {
      const lineWidth = context.measureText(line).width;
      if (lineWidth + 8 > width || (shown.length + 1) * LINE_PX + 4 > height) break;
      shown = [...shown, line];
      widest = Math.max(widest, lineWidth);
    }
    if (shown.length === 0) return;
    const tall = shown.length * LINE_PX + 4;
    context.globalAlpha = 0.88;
    context.fillStyle = theme.card;
    context.beginPath();
    context.roundRect(x - widest / 2 - 4, y - tall / 2, widest + 8, tall, 4);
    context.fill();
    context.globalAlpha = 1;
    shown.forEach((line, at) => {
      context.font = `${at === 0 ? 650 : 500} 11px ${theme.font}`;
      context.fillStyle = free === 0 ? theme.soft : theme.text;
      context.fillText(line, x, y + (at - (shown.length - 1) / 2) * LINE_PX);
    });
  }

  #getLines(section: number): { free: number; lines: readonly string[] } {
    const { options, looks } = this.#scene;
    const { free, amountMin } = looks.summarize(section);
    const known = this.#lines.get(section);
    if (known?.free === free && known.amountMin === amountMin) return known;
    const lines = options.texts.describeSection(options.layout.sections[section] ?? '', free, amountMin);
    this.#lines.set(section, { free, amountMin, lines });
    return { free, lines };
  }
}

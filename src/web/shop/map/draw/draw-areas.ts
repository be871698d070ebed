import type { LayoutArea } from '../contract.ts';
import type { Scene } from '../scene.ts';
import type { Viewport } from '../viewport.ts';

type Context = CanvasRenderingContext2D;

/** Characters of a text of the plan that are drawn. */
const TEXT_MAX = 60;
const LIGHT_ALPHA = 0.55;
const DARK_LINE_ALPHA = 0.3;
const TEXT_MAX_PX = 40;
const TEXT_MIN_PX = 9;

/** Draws the stage and other areas of the plan. Their colors are toned down, so that the seats stand out. */
export function drawAreas(context: Context, scene: Scene, view: Viewport, hasTexts: boolean): void {
  const { theme, options } = scene;
  for (const area of options.layout.areas) {
    context.save();
    context.translate(area.x * view.scale + view.offsetX, area.y * view.scale + view.offsetY);
    context.rotate((area.rotation * Math.PI) / 180);
    traceArea(context, area, view.scale);
    // An invalid color leaves the color before it.
    context.fillStyle = theme.line;
    if (area.color !== null && area.color !== 'none') {
      context.fillStyle = area.color;
      context.globalAlpha = theme.isDark ? getOpacity(context.fillStyle) : LIGHT_ALPHA;
    }
    if (area.color !== 'none') context.fill();
    context.globalAlpha = theme.isDark ? DARK_LINE_ALPHA : LIGHT_ALPHA;
    if (area.borderColor !== null && area.borderColor !== 'none') {
      context.strokeStyle = theme.line;
      context.strokeStyle = area.borderColor;
      context.lineWidth = 1;
      context.stroke();
    }
    context.restore();
    if (hasTexts) drawAreaText(context, scene, view, area);
  }
}

/** Returns how much of a color (`#rrggbb`) shows on a dark page. Plans are made for paper: their grays would be too bright. */
function getOpacity(color: string): number {
  const parts = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16) || 0);
  const most = Math.max(...parts);
  const saturation = most === 0 ? 0 : (most - Math.min(...parts)) / most;
  return 0.07 + 0.5 * saturation;
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
  const size = Math.min(TEXT_MAX_PX, Math.max(TEXT_MIN_PX, text.size * view.scale));
  context.fillStyle = theme.soft;
  context.font = `600 ${size}px ${theme.font}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(
    text.text.slice(0, TEXT_MAX),
    text.x * view.scale + view.offsetX,
    text.y * view.scale + view.offsetY,
  );
}

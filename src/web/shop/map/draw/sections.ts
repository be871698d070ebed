import type { ScreenPoint } from '../contract.ts';
import { getReach, type SectionOutline } from '../outlines.ts';
import type { Scene } from '../scene.ts';
import type { Size, Viewport } from '../viewport.ts';
import { shortenNames } from './short-names.ts';

type Context = CanvasRenderingContext2D;

const LINE_PX = 14;
const NAME_PX = 13;
const TEXT_PX = 11.5;
const TEXT_MIN_PX = 7;
/** Corners of a text may lie a little outside, where it has no letters. */
const OVERLAP = 1.25;
/** Distance between seats at which the tint of sections has gone. */
const TINT_UNTIL_PX = 8;
/** Opacities of the tint of a section without and with free seats. */
const TINT_MIN = 0.06;
const TINT_MAX = 0.55;

interface Label {
  readonly free: number;
  readonly amountMin: number | null;
  readonly language: string;
  readonly lines: readonly string[];
}

/** What of a label is drawn at a scale: its first lines, or none and the short name. A size of 0 draws nothing. */
interface Fit {
  readonly scale: number;
  readonly pattern: string;
  readonly lineCount: number;
  readonly size: number;
}

/** Draws the outlines of sections with their names, free seats and lowest prices. */
export class Sections {
  readonly #scene: Scene;
  readonly #shortNames: readonly string[];
  /** The lines of each section, and from what they were made. */
  readonly #labels = new Map<number, Label>();
  readonly #fits = new Map<number, Fit>();
  /** The outlines in units of the hall, by section. */
  readonly #paths = new Map<number, Path2D>();

  constructor(scene: Scene) {
    this.#scene = scene;
    this.#shortNames = shortenNames(scene.options.layout.sections);
  }

  /** Draws below the seats: the more seats of a section are free, the stronger is its tint. */
  drawTints(context: Context, view: Viewport): void {
    const { theme, outlines, looks, grid } = this.#scene;
    const nearness = Math.max(0, 1 - (grid.pitch * view.scale) / TINT_UNTIL_PX);
    enter(context, view);
    for (const outline of outlines) {
      if (outline.hull.length === 0) continue;
      const part = looks.summarize(outline.section).free / outline.seatCount;
      const color = theme.tiers[this.#scene.getColorOfTier(outline.tier)] ?? theme.text;
      context.fillStyle = part > 0 ? color : theme.control;
      context.globalAlpha = (TINT_MIN + (TINT_MAX - TINT_MIN) * Math.sqrt(part)) * nearness;
      context.fill(this.#getPath(outline));
    }
    context.restore();
  }

  /** Draws above the seats. */
  drawOutlines(context: Context, view: Viewport, screen: Size, hovered: number | null): void {
    const { theme, outlines } = this.#scene;
    enter(context, view);
    context.lineWidth = 1 / view.scale;
    context.strokeStyle = theme.soft;
    context.globalAlpha = 0.55;
    for (const outline of outlines) context.stroke(this.#getPath(outline));
    const under = outlines.find(({ section }) => section === hovered);
    if (under !== undefined) {
      context.globalAlpha = 0.16;
      context.fillStyle = theme.text;
      context.fill(this.#getPath(under));
      context.globalAlpha = 1;
      context.strokeStyle = theme.text;
      context.lineWidth = 2 / view.scale;
      context.stroke(this.#getPath(under));
    }
    context.restore();
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    for (const outline of outlines) this.#drawLabel(context, view, screen, outline);
  }

  /** Draws the names above sections whose seats are large enough to be chosen. */
  drawNames(context: Context, view: Viewport, screen: Size): void {
    const { theme, outlines, options } = this.#scene;
    context.font = `650 ${NAME_PX}px ${theme.font}`;
    context.textAlign = 'center';
    context.textBaseline = 'bottom';
    context.fillStyle = theme.soft;
    // A halo keeps a name legible above the names of rows.
    context.strokeStyle = theme.card;
    context.lineWidth = NAME_PX * 0.3;
    context.lineJoin = 'round';
    for (const { section, box } of outlines) {
      const x = ((box.left + box.right) / 2) * view.scale + view.offsetX;
      const y = box.top * view.scale + view.offsetY;
      if (x < 0 || y < 0 || x > screen.width || y > screen.height + NAME_PX) continue;
      const name = options.layout.sections[section] ?? '';
      context.strokeText(name, x, y);
      context.fillText(name, x, y);
    }
  }

  #drawLabel(context: Context, view: Viewport, screen: Size, outline: SectionOutline): void {
    const { section, center, box } = outline;
    const x = center.x * view.scale + view.offsetX;
    const y = center.y * view.scale + view.offsetY;
    const width = (box.right - box.left) * view.scale;
    const height = (box.bottom - box.top) * view.scale;
    if (x < -width || y < -height || x > screen.width + width || y > screen.height + height) return;
    const { free, lines } = this.#getLabel(section);
    const { lineCount, size } = this.#getFit(context, outline, view.scale, lines);
    const shown = lineCount === 0 ? [this.#shortNames[section] ?? ''] : lines.slice(0, lineCount);
    if (size === 0) return;
    shown.forEach((line, at) => {
      const middle = { x, y: y + (at - (shown.length - 1) / 2) * LINE_PX };
      this.#drawLine(context, line, middle, { size, isBold: at === 0 && free > 0 });
    });
  }

  /** Returns how much of a label has room in an outline. Remembers it, because measuring texts takes most of the time. */
  #getFit(context: Context, outline: SectionOutline, scale: number, lines: readonly string[]): Fit {
    // All digits have one width.
    const pattern = lines.join('\n').replaceAll(/\d/g, '0');
    const known = this.#fits.get(outline.section);
    if (known?.scale === scale && known.pattern === pattern) return known;
    const fit = { scale, pattern, ...this.#computeFit(context, outline, scale, lines) };
    this.#fits.set(outline.section, fit);
    return fit;
  }

  /** Fits as many lines as possible, else the short name, if need be in smaller letters. */
  #computeFit(context: Context, outline: SectionOutline, scale: number, lines: readonly string[]) {
    for (let lineCount = lines.length; lineCount > 0; lineCount--) {
      if (this.#getRoom(context, outline, scale, lines.slice(0, lineCount)) >= 1)
        return { lineCount, size: TEXT_PX };
    }
    const room = this.#getRoom(context, outline, scale, [this.#shortNames[outline.section] ?? '']);
    const size = Math.min(1, room) * TEXT_PX;
    return { lineCount: 0, size: size < TEXT_MIN_PX ? 0 : size };
  }

  /** Returns the size in which lines fit into the outline, in relation to their normal size. */
  #getRoom(
    context: Context,
    { hull, center, box }: SectionOutline,
    scale: number,
    lines: readonly string[],
  ): number {
    context.font = `650 ${TEXT_PX}px ${this.#scene.theme.font}`;
    const halfWidth = Math.max(...lines.map((line) => context.measureText(line).width)) / 2 + 1;
    const halfHeight = (lines.length * LINE_PX) / 2 - 1;
    if (hull.length === 0) {
      const fits =
        (box.right - box.left) * scale > halfWidth * 2 && (box.bottom - box.top) * scale > halfHeight * 2;
      return Number(fits);
    }
    const half = Math.hypot(halfWidth, halfHeight);
    const reaches = [-1, 1].flatMap((sideX) =>
      [-1, 1].map((sideY) => getReach(hull, center, (sideX * halfWidth) / half, (sideY * halfHeight) / half)),
    );
    return (Math.min(...reaches) * scale * OVERLAP) / half;
  }

  /** Draws a text with a halo, so that it is legible above seats without hiding them. */
  #drawLine(
    context: Context,
    text: string,
    { x, y }: ScreenPoint,
    { size, isBold }: { size: number; isBold: boolean },
  ): void {
    const { theme } = this.#scene;
    context.font = `${isBold ? 650 : 500} ${size}px ${theme.font}`;
    context.lineWidth = size * 0.3;
    context.lineJoin = 'round';
    context.strokeStyle = theme.card;
    context.fillStyle = theme.text;
    context.globalAlpha = 0.85;
    context.strokeText(text, x, y + 0.5);
    context.globalAlpha = 1;
    context.fillText(text, x, y + 0.5);
  }

  #getPath({ section, hull }: SectionOutline): Path2D {
    const known = this.#paths.get(section);
    if (known !== undefined) return known;
    const path = new Path2D();
    for (const { x, y } of hull) path.lineTo(x, y);
    path.closePath();
    this.#paths.set(section, path);
    return path;
  }

  #getLabel(section: number): Label {
    const { options, looks } = this.#scene;
    const { free, amountMin } = looks.summarize(section);
    const known = this.#labels.get(section);
    const { language } = options.texts;
    if (known?.free === free && known.amountMin === amountMin && known.language === language) return known;
    const lines = options.texts.describeSection(section, free, amountMin);
    const label = { free, amountMin, language, lines };
    this.#labels.set(section, label);
    return label;
  }
}

/** Makes the context draw in units of the hall until it is restored. */
function enter(context: Context, { scale, offsetX, offsetY }: Viewport): void {
  context.save();
  context.transform(scale, 0, 0, scale, offsetX, offsetY);
}

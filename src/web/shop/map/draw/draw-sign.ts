import { MINE } from '../looks.ts';
import { CHECK, STAR } from '../signs.ts';

/** Thickness of the check mark in units of its path. */
const STROKE = 2.2;

/** Draws the sign of a selected seat (a check mark) or of the buyer's own (a star) about a point, in the current fill style. */
export function drawSign(
  context: CanvasRenderingContext2D,
  look: number,
  at: { readonly x: number; readonly y: number; readonly pxPerUnit: number },
): void {
  context.save();
  context.translate(at.x, at.y);
  context.scale(at.pxPerUnit, at.pxPerUnit);
  context.translate(-10, -10);
  context.lineWidth = STROKE;
  context.lineCap = context.lineJoin = 'round';
  context.strokeStyle = context.fillStyle;
  const isStar = look === MINE;
  context[isStar ? 'fill' : 'stroke'](new Path2D(isStar ? STAR : CHECK));
  context.restore();
}

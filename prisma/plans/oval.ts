import type { Point } from '../../src/catalog/seating-plan/plan-file.ts';
import { degrees, polar } from './geometry.ts';

type Arc = { from: number; to: number; centre: Point; radius: number };

/**
 * A closed curve of eight circular arcs that meet without a bend, as the front rows of real bowls are laid out:
 * flat along the sides, tight in the corners. A point is named by the direction in which the curve faces there,
 * clockwise from the top. Every curve at a distance outward has the same centres, so rows stay exactly parallel
 * and an aisle along one direction crosses all of them at right angles.
 */
export type Oval = readonly Arc[];

type OvalMeasures = {
  halfWidth: number;
  halfHeight: number;
  cornerRadius: number;
  /** How far the top and bottom arcs, and the left and right ones, reach to each side, in degrees. */
  topDegrees: number;
  sideDegrees: number;
};

export function createOval(measures: OvalMeasures): Oval {
  const { halfWidth, halfHeight, cornerRadius } = measures;
  const alpha = degrees(measures.topDegrees);
  const beta = degrees(measures.sideDegrees);
  // How much larger than the corner's the radii of the top (u) and the side (v) are follows from where arcs meet:
  //   u sin α + v (1 - cos β) = halfWidth - cornerRadius,   u (1 - cos α) + v sin β = halfHeight - cornerRadius
  const [a, b, c, d] = [Math.sin(alpha), 1 - Math.cos(beta), 1 - Math.cos(alpha), Math.sin(beta)];
  const [p, q] = [halfWidth - cornerRadius, halfHeight - cornerRadius];
  const u = (p * d - b * q) / (a * d - b * c);
  const v = (a * q - c * p) / (a * d - b * c);
  const top = { x: 0, y: u - q };
  const side = { x: p - v, y: 0 };
  const corner = polar(top, alpha, u);
  const half = Math.PI;
  const arc = (from: number, to: number, centre: Point, radius: number): Arc => ({
    from,
    to,
    centre,
    radius,
  });
  return [
    arc(0, alpha, top, u + cornerRadius),
    arc(alpha, half / 2 - beta, corner, cornerRadius),
    arc(half / 2 - beta, half / 2 + beta, side, v + cornerRadius),
    arc(half / 2 + beta, half - alpha, { x: corner.x, y: -corner.y }, cornerRadius),
    arc(half - alpha, half + alpha, { x: 0, y: -top.y }, u + cornerRadius),
    arc(half + alpha, 1.5 * half - beta, { x: -corner.x, y: -corner.y }, cornerRadius),
    arc(1.5 * half - beta, 1.5 * half + beta, { x: -side.x, y: 0 }, v + cornerRadius),
    arc(1.5 * half + beta, 2 * half - alpha, { x: -corner.x, y: corner.y }, cornerRadius),
    arc(2 * half - alpha, 2 * half, top, u + cornerRadius),
  ];
}

/** How far one walks clockwise from the top to where the curve, `outward` from the oval, faces `angle`. */
export function lengthTo(oval: Oval, outward: number, angle: number): number {
  // Whole turns are counted apart, so that a stretch may lead across the top.
  const turns = Math.floor(angle / (2 * Math.PI));
  const rest = angle - turns * 2 * Math.PI;
  let length = 0;
  for (const { from, to, radius } of oval) {
    length +=
      (radius + outward) * ((turns === 0 ? 0 : turns * (to - from)) + clamp(rest - from, 0, to - from));
  }
  return length;
}

/** The reverse of `lengthTo`. */
export function angleAt(oval: Oval, outward: number, length: number): number {
  const round = lengthTo(oval, outward, 2 * Math.PI);
  const turns = Math.floor(length / round);
  let rest = length - turns * round;
  for (const { from, to, radius } of oval) {
    const step = (radius + outward) * (to - from);
    if (rest <= step) return turns * 2 * Math.PI + from + rest / (radius + outward);
    rest -= step;
  }
  return (turns + 1) * 2 * Math.PI;
}

export function pointFacing(oval: Oval, outward: number, angle: number): Point {
  const turn = angle - Math.floor(angle / (2 * Math.PI)) * 2 * Math.PI;
  const arc = oval.find(({ to }) => turn <= to) ?? oval[0];
  if (arc === undefined) throw new Error('An oval has nine arcs.');
  return polar(arc.centre, turn, arc.radius + outward);
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}

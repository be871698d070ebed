import type { Point } from '../../src/catalog/seating-plan/plan-file.ts';
import { spread } from './geometry.ts';
import { angleAt, lengthTo, pointFacing } from './oval.ts';
import type { Oval } from './oval.ts';
import { rowPitch, seatPitch } from './plan-builder.ts';
import type { Place, Section } from './plan-builder.ts';

export type Tier = {
  /** The number of its first block, which stands at the middle of the top side; the others follow clockwise. */
  firstBlock: number;
  blockCount: number;
  /** From the oval to the front row. */
  outward: number;
  rowCount: number;
  /** Between the seats at both sides of it. */
  aisleWidth: number;
  /** An entrance through the middle of each block: which rows (from 0) it interrupts, and how wide it is. */
  portal?: { fromRow: number; toRow: number; width: number };
  /** The category of a block that faces a direction (radians, clockwise from the top); null where none stands. */
  categoryAt: (facing: number, row: number) => string | null;
};

/** Lays out a tier: as many blocks as it says, of equal width at their middle row, with aisles between them. */
export function layOutTier(oval: Oval, tier: Tier): Section[] {
  const { blockCount, firstBlock, outward, rowCount } = tier;
  const middle = outward + (rowCount / 2) * rowPitch;
  const blockLength = lengthTo(oval, middle, 2 * Math.PI) / blockCount;
  const facing = (block: number): number => angleAt(oval, middle, block * blockLength);
  return Array.from({ length: blockCount }, (_, block) => {
    const rows = Array.from({ length: rowCount }, (_unused, row) => {
      const category = tier.categoryAt(facing(block), row);
      return category === null
        ? []
        : layOutRow(oval, tier, row, category, [facing(block - 0.5), facing(block + 0.5)]);
    });
    return { name: `Block ${firstBlock + block}`, rows };
  }).filter(({ rows }) => rows.some((row) => row.length > 0));
}

function layOutRow(
  oval: Oval,
  tier: Tier,
  row: number,
  category: string,
  [from, to]: [number, number],
): Place[] {
  const outward = tier.outward + row * rowPitch;
  const start = lengthTo(oval, outward, from) + tier.aisleWidth / 2;
  const length = lengthTo(oval, outward, to) - tier.aisleWidth / 2 - start;
  const { portal } = tier;
  const gap = portal && row >= portal.fromRow && row <= portal.toRow ? portal.width : 0;
  return spread(length, seatPitch)
    .filter((along) => Math.abs(along - length / 2) >= gap / 2)
    .map((along) => ({ ...pointFacing(oval, outward, angleAt(oval, outward, start + along)), category }));
}

/**
 * Leaves out as many seats as are too many, at most one a section, each at the end of a last row and evenly spread
 * over the sections given: real bowls lose such seats to cameras and stair heads.
 */
export function trimTo(seatCount: number, sections: Section[], trimmed: Section[]): void {
  const surplus = countSeats(sections) - seatCount;
  if (surplus < 0 || surplus > trimmed.length)
    throw new Error(`A layout ${surplus} seats off can't be trimmed.`);
  for (let index = 0; index < surplus; index++) {
    const section = trimmed[Math.floor((index * trimmed.length) / surplus)];
    section?.rows.at(-1)?.pop();
  }
}

function countSeats(sections: Section[]): number {
  return sections.reduce((sum, { rows }) => sum + rows.flat().length, 0);
}

/** The oval's outline, as many points as asked for, at a distance outward (or, negative, inward). */
export function outlineOf(oval: Oval, outward: number, pointCount: number): Point[] {
  const whole = lengthTo(oval, outward, 2 * Math.PI);
  return Array.from({ length: pointCount }, (_, index) =>
    pointFacing(oval, outward, angleAt(oval, outward, (index * whole) / pointCount)),
  );
}

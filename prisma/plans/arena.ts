import type { PlanFileArea, SeatingPlanFile } from '../../src/catalog/seating-plan/plan-file.ts';
import { layOutTier, outlineOf, trimTo } from './bowl.ts';
import { degrees, spread } from './geometry.ts';
import { createOval } from './oval.ts';
import type { Oval } from './oval.ts';
import { buildPlan, rowPitch, seatPitch, unitsPerMeter } from './plan-builder.ts';
import type { Section } from './plan-builder.ts';

const seatCount = 18_000;
const lowerRows = 22;
const upperRows = 17;
const upperOutward = (lowerRows + 3) * rowPitch;
const meter = unitsPerMeter;
/** The stage stands at the top end of the floor. */
const stage = { width: 24 * meter, depth: 13 * meter, top: -36 * meter };

const categories = [
  { name: 'Front floor', color: '#8e44ad' },
  { name: 'Floor', color: '#c2185b' },
  { name: 'Lower tier side', color: '#d35400' },
  { name: 'Lower tier', color: '#e2a400' },
  { name: 'Upper tier', color: '#2e8b57' },
  { name: 'Upper tier rear', color: '#2471a3' },
];

/**
 * A concert arena of exactly 18,000 seats: floor blocks A1 to D3 before a stage at one end, a lower tier (blocks
 * 105 to 129) and an upper one (206 to 232) around them. The numbers that are missing would be behind the stage.
 */
export function generateArena(): SeatingPlanFile {
  const oval = createOval({
    halfWidth: 21 * meter,
    halfHeight: 39 * meter,
    cornerRadius: 11 * meter,
    topDegrees: 20,
    sideDegrees: 8,
  });
  const aisleWidth = 1.85 * meter;
  const lower = layOutTier(oval, {
    firstBlock: 101,
    blockCount: 32,
    outward: 0,
    rowCount: lowerRows,
    aisleWidth,
    categoryAt: (facing) => {
      if (isBehindStage(facing)) return null;
      return isSide(facing) ? 'Lower tier side' : 'Lower tier';
    },
  });
  const upper = layOutTier(oval, {
    firstBlock: 201,
    blockCount: 36,
    outward: upperOutward,
    rowCount: upperRows,
    aisleWidth,
    portal: { fromRow: 4, toRow: 6, width: 2.2 * meter },
    categoryAt: (facing) => {
      if (isBehindStage(facing)) return null;
      return isSide(facing) ? 'Upper tier' : 'Upper tier rear';
    },
  });
  const sections = [...layOutFloor(), ...lower, ...upper];
  trimTo(seatCount, sections, upper);
  return buildPlan('Sellout Arena', categories, sections, ground(oval));
}

function isBehindStage(facing: number): boolean {
  return Math.cos(facing) > Math.cos(degrees(62));
}

function isSide(facing: number): boolean {
  return Math.abs(Math.sin(facing)) > Math.sin(degrees(75));
}

/** Twelve blocks of chairs: rows A to D from the stage on, blocks 1 to 3 from left to right. */
function layOutFloor(): Section[] {
  const blockWidth = 10 * meter;
  const aisle = 2.2 * meter;
  const rowCount = 12;
  const front = stage.top + stage.depth + 3.5 * meter;
  return ['A', 'B', 'C', 'D'].flatMap((letter, band) =>
    [0, 1, 2].map((column) => ({
      name: `Floor ${letter}${column + 1}`,
      rows: Array.from({ length: rowCount }, (_, row) =>
        spread(blockWidth, seatPitch).map((along) => ({
          x: (column - 1.5) * (blockWidth + aisle) + aisle / 2 + along,
          y: front + band * (rowCount * rowPitch + aisle) + row * rowPitch,
          category: band === 0 ? 'Front floor' : 'Floor',
        })),
      ),
    })),
  );
}

function ground(oval: Oval): PlanFileArea[] {
  const bowlDepth = upperOutward + upperRows * rowPitch;
  return [
    {
      shape: 'polygon',
      color: '#eceff1',
      border_color: '#b0bec5',
      polygon: { points: outlineOf(oval, bowlDepth + rowPitch, 240) },
    },
    {
      shape: 'polygon',
      color: '#dfe4e6',
      border_color: '#b0bec5',
      polygon: { points: outlineOf(oval, -rowPitch, 240) },
    },
    {
      shape: 'rectangle',
      color: '#37474f',
      border_color: '#263238',
      position: { x: -stage.width / 2, y: stage.top },
      rectangle: { width: stage.width, height: stage.depth },
      text: {
        text: 'STAGE',
        position: { x: stage.width / 2, y: stage.depth / 2 },
        size: 200,
        color: '#ffffff',
      },
    },
  ];
}

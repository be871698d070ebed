import type { PlanFileArea, SeatingPlanFile } from '../../src/catalog/seating-plan/plan-file.ts';
import { layOutTier, outlineOf, trimTo } from './bowl.ts';
import { degrees } from './geometry.ts';
import { createOval } from './oval.ts';
import type { Oval } from './oval.ts';
import { buildPlan, rowPitch, unitsPerMeter } from './plan-builder.ts';

const seatCount = 80_000;
const lowerRows = 30;
const middleRows = 13;
const upperRows = 33;
/** Where the next tier begins, seen from above: behind the last row of the one below, and a gangway. */
const middleOutward = (lowerRows + 3) * rowPitch;
const upperOutward = middleOutward + (middleRows + 3) * rowPitch;

const categories = [
  { name: 'Hospitality', color: '#8e44ad' },
  { name: 'Club', color: '#c2185b' },
  { name: 'Category 1', color: '#d35400' },
  { name: 'Category 2', color: '#e2a400' },
  { name: 'Category 3', color: '#2e8b57' },
  { name: 'Category 4', color: '#2471a3' },
];

/**
 * A football stadium of exactly 80,000 seats: three tiers around a pitch of 105 m × 68 m, blocks 101–136 below,
 * 201–240 in the middle, 301–348 above, each tier's first block on the halfway line and the others clockwise.
 */
export function generateStadium(): SeatingPlanFile {
  const oval = createOval({
    halfWidth: 65 * unitsPerMeter,
    halfHeight: 46 * unitsPerMeter,
    cornerRadius: 15 * unitsPerMeter,
    topDegrees: 10,
    sideDegrees: 12,
  });
  const aisleWidth = 1.71 * unitsPerMeter;
  const portal = { width: 2.8 * unitsPerMeter };
  const lower = layOutTier(oval, {
    firstBlock: 101,
    blockCount: 36,
    outward: 0,
    rowCount: lowerRows,
    aisleWidth,
    categoryAt: (facing, row) =>
      ['Category 1', 'Category 2', 'Category 3'][
        sideOf(facing) + (row < 3 && sideOf(facing) === 0 ? 1 : 0)
      ] ?? null,
  });
  const middle = layOutTier(oval, {
    firstBlock: 201,
    blockCount: 40,
    outward: middleOutward,
    rowCount: middleRows,
    aisleWidth,
    categoryAt: (facing) =>
      isMainStand(facing) ? 'Hospitality' : (['Club', 'Category 1', 'Category 2'][sideOf(facing)] ?? null),
  });
  const upper = layOutTier(oval, {
    firstBlock: 301,
    blockCount: 48,
    outward: upperOutward,
    rowCount: upperRows,
    aisleWidth,
    portal: { ...portal, fromRow: 8, toRow: 12 },
    categoryAt: (facing) => ['Category 2', 'Category 3', 'Category 4'][sideOf(facing)] ?? null,
  });
  const sections = [...lower, ...middle, ...upper];
  trimTo(seatCount, sections, upper);
  return buildPlan('Sellout Stadium', categories, sections, ground(oval));
}

/** 0 along the touchlines, 1 towards the corners, 2 behind the goals. */
function sideOf(facing: number): 0 | 1 | 2 {
  const fromHalfway = Math.abs(Math.sin(facing));
  if (fromHalfway < Math.sin(degrees(9.5))) return 0;
  return fromHalfway < Math.sin(degrees(70)) ? 1 : 2;
}

function isMainStand(facing: number): boolean {
  return Math.abs(facing - Math.PI) < degrees(4);
}

/** The bowl's floor, and the pitch with its markings by the laws of the game. */
function ground(oval: Oval): PlanFileArea[] {
  const meter = unitsPerMeter;
  const line = { color: 'none', border_color: '#ffffff' };
  const box = (x: number, width: number, height: number): PlanFileArea => ({
    ...line,
    shape: 'rectangle',
    position: { x: x * meter, y: (-height / 2) * meter },
    rectangle: { width: width * meter, height: height * meter },
  });
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
    { ...box(-55.5, 111, 74), color: '#4c9a52', border_color: '#4c9a52' },
    box(-52.5, 105, 68),
    box(-52.5, 52.5, 68),
    box(-52.5, 16.5, 40.32),
    box(36, 16.5, 40.32),
    box(-52.5, 5.5, 18.32),
    box(47, 5.5, 18.32),
    { ...line, shape: 'circle', circle: { radius: 9.15 * meter } },
  ];
}

import type { PlanFileArea, Point, SeatingPlanFile } from '../../src/catalog/seating-plan/plan-file.ts';
import { polar, round, spread } from './geometry.ts';
import { buildPlan, rowPitch, seatPitch, unitsPerMeter } from './plan-builder.ts';
import type { Place, Section } from './plan-builder.ts';

const meter = unitsPerMeter;
/** All rows are arcs about one point at the back of the stage. */
const focus: Point = { x: 0, y: -9 * meter };
const stalls = { radius: 13 * meter, rowCount: 16, halfAngle: 0.395 };
const circle = { radius: stalls.radius + 18 * rowPitch, rowCount: 4, halfAngle: 0.405 };
const balcony = { radius: circle.radius + 6 * rowPitch, rowCount: 3, halfAngle: 0.38 };
const aisleWidth = 1.4 * meter;
const boxesPerSide = 5;

const categories = [
  { name: 'Premium stalls', color: '#8e44ad' },
  { name: 'Stalls', color: '#c2185b' },
  { name: 'Dress circle', color: '#d35400' },
  { name: 'Boxes', color: '#b8860b' },
  { name: 'Balcony', color: '#2471a3' },
];

/**
 * A theatre of exactly 800 seats: stalls with a centre aisle, a dress circle and a balcony with two aisles each, all in
 * rows that curve about the stage, and ten boxes of four along the walls of the stalls.
 */
export function generateTheatre(): SeatingPlanFile {
  const boxes = layOutBoxes();
  const sections = [
    layOutFan('Stalls', stalls, [0], (row) => (row >= 2 && row < 9 ? 'Premium stalls' : 'Stalls')),
    layOutFan('Dress circle', circle, [-0.18, 0.18], () => 'Dress circle'),
    layOutFan('Balcony', balcony, [-0.17, 0.17], () => 'Balcony'),
    ...boxes.map(({ section }) => section),
  ];
  return buildPlan('Sellout Theatre', categories, sections, [...ground(), ...boxes.map(({ area }) => area)]);
}

type Fan = { radius: number; rowCount: number; halfAngle: number };

/** Curved rows that widen towards the back, with aisles that run straight away from the stage. */
function layOutFan(name: string, fan: Fan, aisles: number[], categoryOf: (row: number) => string): Section {
  const edges = [-fan.halfAngle, ...aisles, fan.halfAngle];
  const rows = Array.from({ length: fan.rowCount }, (_, row) => {
    const distance = fan.radius + row * rowPitch;
    const stretches = edges.slice(1).map((to, index) => {
      const from = (edges[index] ?? 0) * distance + (index === 0 ? 0 : aisleWidth / 2);
      const length = to * distance - (index === aisles.length ? 0 : aisleWidth / 2) - from;
      return spread(length, seatPitch).map((along) => from + along);
    });
    const category = categoryOf(row);
    return stretches.flat().map((along) => ({ ...inFan(along / distance, distance), category }));
  });
  return { name, rows };
}

/** Boxes along both walls of the stalls, each with two rows of two chairs, named from the stage on. */
function layOutBoxes(): { section: Section; area: PlanFileArea }[] {
  const side = 1.1 * meter;
  return [-1, 1].flatMap((hand) =>
    Array.from({ length: boxesPerSide }, (_, index) => {
      const distance = stalls.radius + (1.2 + index * 3.2) * rowPitch;
      const angle = hand * (stalls.halfAngle + (1.2 * meter + side) / distance);
      const at = (across: number, deep: number): Point => inFan(angle + across / distance, distance + deep);
      const row = (deep: number): Place[] =>
        [-0.6, 0.6].map((across) => ({ ...at(across * seatPitch, deep), category: 'Boxes' }));
      const points = [at(-side, -side), at(side, -side), at(side, side), at(-side, side)].map(round);
      return {
        section: {
          name: `Box ${hand < 0 ? 'left' : 'right'} ${index + 1}`,
          rows: [row(-rowPitch / 2), row(rowPitch / 2)],
        },
        area: { shape: 'polygon', color: '#f3ead7', border_color: '#b8860b', polygon: { points } },
      };
    }),
  );
}

/** A point at an angle from the middle line, positive to the right, and a distance from the focus. */
function inFan(angle: number, distance: number): Point {
  return polar(focus, Math.PI - angle, distance);
}

function ground(): PlanFileArea[] {
  const corners = [
    { x: -6.5, y: 1 },
    { x: -5, y: -6 },
    { x: 5, y: -6 },
    { x: 6.5, y: 1 },
  ].map(({ x, y }) => ({ x: x * meter, y: y * meter }));
  return [
    {
      shape: 'polygon',
      color: '#37474f',
      border_color: '#263238',
      polygon: { points: corners },
      text: { text: 'STAGE', position: { x: 0, y: -2.5 * meter }, size: 90, color: '#ffffff' },
    },
  ];
}

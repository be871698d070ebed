import { readFileSync } from 'node:fs';
import { parseSeatingPlan } from '../../src/catalog/seating-plan/parse-plan.ts';
import type { PlanArea, PlanSeat, SeatingPlan } from '../../src/catalog/seating-plan/seating-plan.ts';
import { generateArena } from './arena.ts';
import { generateStadium } from './stadium.ts';
import { generateTheatre } from './theatre.ts';

/*
 * Draws a plan, to look at it: node prisma/plans/draw.ts stadium > stadium.svg
 * (or arena, theatre, or the name of a plan's file).
 */
const generators: Record<string, () => unknown> = {
  arena: generateArena,
  stadium: generateStadium,
  theatre: generateTheatre,
};

function draw({ size, categories, areas, seats }: SeatingPlan): string {
  // A stroke without length and with round ends is a dot: one path draws all seats of a category.
  const dots = categories.map(({ color }, index) => {
    const path = seats.filter(({ category }) => category === index).map(({ x, y }) => `M${x} ${y}h0`);
    return `<path d="${path.join('')}" stroke="${color}" stroke-width="20" stroke-linecap="round"/>`;
  });
  const viewBox = `-20 -20 ${size.width + 40} ${size.height + 40}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${viewBox}" font-family="sans-serif" text-anchor="middle">`,
    ...areas.map(drawArea),
    ...dots,
    ...[...Map.groupBy(seats, ({ section }) => section)].map(([name, own]) =>
      drawName(name, own, size.width / 100),
    ),
    '</svg>',
  ].join('\n');
}

function drawArea(area: PlanArea): string {
  const { x, y, text } = area;
  const paint = `fill="${area.color ?? 'none'}" stroke="${area.borderColor ?? 'none'}" stroke-width="6" transform="rotate(${area.rotation} ${x} ${y})"`;
  const words = text
    ? `<text x="${text.x}" y="${text.y}" font-size="${text.size}" fill="${text.color ?? 'black'}">${escape(text.text)}</text>`
    : '';
  if (area.shape === 'rectangle')
    return `<rect x="${x}" y="${y}" width="${area.width}" height="${area.height}" ${paint}/>${words}`;
  if (area.shape === 'circle') return `<circle cx="${x}" cy="${y}" r="${area.radius}" ${paint}/>${words}`;
  if (area.shape === 'ellipse')
    return `<ellipse cx="${x}" cy="${y}" rx="${area.radiusX}" ry="${area.radiusY}" ${paint}/>${words}`;
  if (area.shape === 'text') return words;
  return `<polygon points="${area.points.map((point) => `${point.x},${point.y}`).join(' ')}" ${paint}/>${words}`;
}

function drawName(name: string, seats: PlanSeat[], height: number): string {
  const x = seats.reduce((sum, seat) => sum + seat.x, 0) / seats.length;
  const y = seats.reduce((sum, seat) => sum + seat.y, 0) / seats.length;
  const look = `font-size="${height}" font-weight="bold" fill="white" stroke="black" stroke-width="${height / 5}" paint-order="stroke"`;
  return `<text x="${x}" y="${y + height / 3}" ${look}>${escape(name.replace('Block ', ''))}</text>`;
}

function escape(text: string): string {
  return text.replace(/[<>&"]/g, (char) => `&#${char.charCodeAt(0)};`);
}

const name = process.argv[2] ?? 'theatre';
const generate = generators[name];
const result = parseSeatingPlan(generate ? JSON.stringify(generate()) : readFileSync(name, 'utf8'));
if (result.ok) {
  process.stdout.write(draw(result.plan));
} else {
  process.stderr.write(
    `${result.faultCount} faults\n${result.faults.map((fault) => `${fault.path}: ${fault.message}\n`).join('')}`,
  );
  process.exitCode = 1;
}

import type { SaleSecond } from '../onsale/sale-results.ts';
import type { SecondOfRun } from './samples.ts';

const WIDTH = 760;
const HEIGHT = 300;
const LEFT = 60;
const RIGHT = 20;
const TOP = 40;
const BOTTOM = 40;
const TICKS = 4;
const LEGEND_WIDTH = 62;

const lines = [
  { label: 'p50', color: '#2b7a4b', value: ({ p50Ms }: SecondOfRun) => p50Ms },
  { label: 'p95', color: '#c77d0a', value: ({ p95Ms }: SecondOfRun) => p95Ms },
  { label: 'p99', color: '#b3261e', value: ({ p99Ms }: SecondOfRun) => p99Ms },
] as const;

/** Draws p50, p95 and p99 by second as an SVG document. */
export function plotLatencies(title: string, seconds: readonly SecondOfRun[]): string {
  return plotCurves(title, 'milliseconds', seconds, lines);
}

/** Draws the admissions of an on-sale as an SVG document. */
export function plotAdmissions(seconds: readonly SaleSecond[]): string {
  return plotCurves('on-sale: admissions since the sale began', 'people', seconds, [
    { label: 'called', color: '#c77d0a', value: ({ nowServing }) => nowServing },
    { label: 'admitted', color: '#2b7a4b', value: ({ admitted }) => admitted },
    { label: 'inside', color: '#b3261e', value: ({ inside }) => inside },
  ]);
}

interface Curve<T> {
  readonly label: string;
  readonly color: string;
  readonly value: (second: T) => number;
}

function plotCurves<T extends { readonly second: number }>(
  title: string,
  unit: string,
  seconds: readonly T[],
  curvesOf: readonly Curve<T>[],
): string {
  const top = roundUp(Math.max(1, ...seconds.flatMap((at) => curvesOf.map(({ value }) => value(at)))));
  const last = Math.max(1, ...seconds.map(({ second }) => second));
  const x = (second: number) => (LEFT + (second / last) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const y = (ms: number) => (HEIGHT - BOTTOM - (ms / top) * (HEIGHT - TOP - BOTTOM)).toFixed(1);
  const grid = Array.from({ length: TICKS + 1 }, (_, i) => {
    const ms = (top * i) / TICKS;
    const second = Math.round((last * i) / TICKS);
    return `<path d="M${LEFT} ${y(ms)}H${WIDTH - RIGHT}" stroke="#ddd"/>
<text x="${LEFT - 8}" y="${Number(y(ms)) + 4}" text-anchor="end">${formatTick(ms)}</text>
<text x="${x(second)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${second}</text>`;
  });
  const curves = curvesOf.map(({ label, color, value }, i) => {
    const points = seconds.map((at) => `${x(at.second)},${y(value(at))}`).join(' ');
    const legend = WIDTH - RIGHT - LEGEND_WIDTH * (curvesOf.length - i);
    return `<polyline points="${points}" fill="none" stroke="${color}" stroke-width="1.5"/>
<text x="${legend}" y="${TOP - 16}" fill="${color}">${label}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
<text x="${LEFT}" y="${TOP - 16}" font-size="14">${escapeXml(title)}</text>
${grid.join('\n')}
${curves.join('\n')}
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 6}" text-anchor="middle">seconds since the start</text>
<text transform="translate(14 ${(HEIGHT - BOTTOM + TOP) / 2}) rotate(-90)" text-anchor="middle">${unit}</text>
</svg>
`;
}

/** Returns the next of 1, 2, 5, 10, 20, … */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10);
}

function formatTick(ms: number): string {
  return ms >= 10 || ms === 0 ? ms.toFixed(0) : ms.toFixed(2).replace(/\.?0+$/, '');
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

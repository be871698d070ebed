import type { Sized } from './sizes.ts';
import type { Series } from './sale/series.ts';

const WIDTH = 860;
const PANEL = 190;
const LEFT = 78;
const RIGHT = 20;
const TOP = 44;
const GAP = 62;
const STEP_SECONDS = 20;

interface Curve {
  readonly label: string;
  readonly values: Float64Array;
}

interface Panel {
  readonly title: string;
  readonly curves: readonly Curve[];
}

/** Draws a simulated sale as an SVG document that is readable on light and on dark pages. */
export function drawSale({ result, sale }: Sized): string {
  const { series } = result;
  const { of } = series;
  const panels: readonly Panel[] = [
    {
      title: 'People',
      curves: [
        { label: 'waiting', values: of.waiting },
        { label: 'inside', values: of.inside },
      ],
    },
    {
      title: 'Per second',
      curves: [
        { label: 'arrivals', values: of.visits },
        { label: 'called', values: of.called },
        { label: 'holds', values: of.holds },
        { label: 'confirmed, released, expired', values: of.ends },
      ],
    },
    {
      title: 'Seats',
      curves: [
        { label: 'available', values: of.available },
        { label: 'held', values: of.held },
        { label: 'sold', values: of.sold },
      ],
    },
  ];
  const until = series.before + (result.soldOutAfter?.last ?? series.seconds - series.before) + 300;
  const height = TOP + panels.length * (PANEL + GAP) - 30;
  const title = `On-sale of ${sale.events} events, ${sale.arrivals.toLocaleString('en-US')} people: people, rates and seats by minute`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="13" role="img" aria-label="${title}">
<style>
text { fill: #1f2328 } path { fill: none; stroke-width: 2; stroke-linejoin: round } .grid { stroke: #d0d7de; stroke-width: 1 }
.c0 { stroke: #0969da } .c1 { stroke: #bc4c00 } .c2 { stroke: #1a7f37 } .c3 { stroke: #8250df }
text.c0 { fill: #0969da } text.c1 { fill: #bc4c00 } text.c2 { fill: #1a7f37 } text.c3 { fill: #8250df } text { stroke: none !important }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .grid { stroke: #3d444d }
.c0 { stroke: #58a6ff } .c1 { stroke: #f0883e } .c2 { stroke: #56d364 } .c3 { stroke: #bc8cff }
text.c0 { fill: #58a6ff } text.c1 { fill: #f0883e } text.c2 { fill: #56d364 } text.c3 { fill: #bc8cff }
}
</style>
${panels.map((panel, i) => drawPanel(panel, TOP + i * (PANEL + GAP), series, until)).join('\n')}
</svg>
`;
}

function drawPanel({ title, curves }: Panel, top: number, { before }: Series, until: number): string {
  const sampled = curves.map(({ values }) => sample(values, until));
  const most = roundUp(Math.max(1, ...sampled.flat()));
  const x = (second: number) => (LEFT + (second / until) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const y = (value: number) => (top + PANEL - (value / most) * PANEL).toFixed(1);
  const rows = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const at = y(share * most);
    return `<path class="grid" d="M${LEFT} ${at}H${WIDTH - RIGHT}"/><text x="${LEFT - 8}" y="${Number(at) + 4}" text-anchor="end">${formatValue(share * most)}</text>`;
  });
  const minutes = Array.from({ length: Math.floor(until / 600) + 1 }, (_, i) => i * 600).map(
    (second) =>
      `<text x="${x(second)}" y="${top + PANEL + 18}" text-anchor="middle">${(second - before) / 60}${second === before ? ' min: on sale' : ''}</text>`,
  );
  const lines = sampled.map(
    (values, i) =>
      `<path class="c${i}" d="M${values.map((value, n) => `${x(n * STEP_SECONDS)} ${y(value)}`).join('L')}"/>`,
  );
  let legend = LEFT + 110;
  const labels = curves.map(({ label }, i) => {
    const text = `<text class="c${i}" x="${legend}" y="${top - 12}">${label}</text>`;
    legend += 30 + 7 * label.length;
    return text;
  });
  return [
    `<text x="${LEFT}" y="${top - 12}" font-weight="bold">${title}</text>`,
    ...labels,
    ...rows,
    ...minutes,
    `<path class="grid" d="M${x(before)} ${top}V${top + PANEL}"/>`,
    ...lines,
  ].join('\n');
}

/** Returns the mean of each step. */
function sample(values: Float64Array, until: number): number[] {
  return Array.from({ length: Math.floor(until / STEP_SECONDS) }, (_, i) => {
    const step = values.subarray(i * STEP_SECONDS, (i + 1) * STEP_SECONDS);
    return step.reduce((sum, value) => sum + value, 0) / STEP_SECONDS;
  });
}

/** Returns the next of 1, 2, 4, 5, 8, 10, 20, … */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 4, 5, 8, 10].find((step) => step * power >= value) ?? 10);
}

function formatValue(value: number): string {
  if (value >= 1e6) return `${Number((value / 1e6).toPrecision(3))} M`;
  return Number(value.toPrecision(3)).toLocaleString('en-US');
}

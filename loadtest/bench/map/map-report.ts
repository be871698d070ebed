import { listGoals, medianAndSpread, short, table, type Goal } from '../markdown.ts';
import { median } from '../measure.ts';
import { scenes, type Scene } from './drive-map.ts';
import { contenders, type MapFigures } from './contenders.ts';

const FRAME_MS = 1_000 / 60;
/** Timers of browsers are exact to a tenth of a millisecond. */
const TOLERANCE_MS = 0.5;
const FIRST_FACTOR_MAX = 1.5;
const CHANGES_MS_MAX = 3;
const BYTES_MAX = 120_000;
const PHONE_OVERVIEW_MS_MAX = 34;
const PHONE_CLOSER_MS_MAX = 67;

type Runs = readonly MapFigures[];

/** Returns the tables of a run, in the order of the contenders. */
export function reportMap(runs: readonly Runs[]): string {
  const [desktop = [], bare = []] = runs;
  const phone =
    runs[contenders.findIndex(({ device, name }) => device === 'phone' && name === 'Sellout')] ?? [];
  return [
    table(
      [
        'page',
        'first map, ms',
        ...scenes.map(({ name }) => `${name} p95, ms`),
        'messages, ms/s',
        'all, ms/s',
        'heap, MB',
      ],
      contenders.map(({ name, device }, at) => toRow(`${name}, ${device}`, runs[at] ?? [])),
    ),
    listGoals(getGoals(desktop, bare, phone)),
  ].join('\n\n');
}

function toRow(title: string, runs: Runs): string[] {
  const format = (read: (figures: MapFigures) => number) => medianAndSpread(runs.map(read));
  return [
    title,
    format(({ firstMs }) => firstMs),
    ...scenes.map(({ name }) => format((figures) => getP95(figures, name))),
    format(({ messageMs }) => messageMs),
    format(({ changeMs }) => changeMs),
    format(({ heapMegabytes }) => heapMegabytes),
  ];
}

function getP95(figures: MapFigures, scene: Scene['name']): number {
  return figures.scenes.get(scene)?.p95 ?? NaN;
}

function getGoals(own: Runs, bare: Runs, phone: Runs): Goal[] {
  const middle = (runs: Runs, read: (figures: MapFigures) => number) => median(runs.map(read));
  const first = middle(own, ({ firstMs }) => firstMs) / middle(bare, ({ firstMs }) => firstMs);
  const later = scenes.map(({ name }) => {
    const read = (figures: MapFigures) => getP95(figures, name);
    return middle(own, read) - middle(bare, read);
  });
  const latest = Math.max(...later);
  const messages = middle(own, ({ messageMs }) => messageMs);
  const bytes = middle(own, (figures) => figures.bytes);
  const far = middle(phone, (figures) => getP95(figures, 'overview'));
  const near = Math.max(
    ...(['middle', 'close'] as const).map((name) => middle(phone, (figures) => getP95(figures, name))),
  );
  return [
    {
      goal: 'first map at most 1.5× that of the bare canvas',
      measured: `${short(first)}×`,
      isMet: first <= FIRST_FACTOR_MAX,
    },
    {
      goal: 'p95 of the time between frames at most one frame (16.7 ms) above the bare canvas in each scene',
      measured: `${short(Math.max(0, latest))} ms above`,
      isMet: latest <= FRAME_MS + TOLERANCE_MS,
    },
    {
      goal: 'phone with a CPU slowed down 4×: p95 at most 34 ms in the overview',
      measured: `${short(far)} ms`,
      isMet: far <= PHONE_OVERVIEW_MS_MAX,
    },
    {
      goal: 'the same closer: at most 67 ms',
      measured: `${short(near)} ms`,
      isMet: near <= PHONE_CLOSER_MS_MAX,
    },
    {
      goal: '500 changes a second take at most 3 ms of the main thread a second',
      measured: `${short(messages)} ms`,
      isMet: messages <= CHANGES_MS_MAX,
    },
    {
      goal: 'at most 120 kB (gzip) before the page asks for the event',
      measured: `${short(bytes / 1_000)} kB`,
      isMet: bytes <= BYTES_MAX,
    },
  ];
}

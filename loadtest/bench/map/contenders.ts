import type { Frames, Scene } from './drive-map.ts';

export interface Contender {
  readonly name: 'Sellout' | 'bare canvas' | 'SVG' | 'PixiJS';
  /** Page below /bench/; null for the shop. */
  readonly page: string | null;
  readonly device: 'desktop' | 'phone';
}

export const contenders: readonly Contender[] = [
  { name: 'Sellout', page: null, device: 'desktop' },
  { name: 'bare canvas', page: 'bare', device: 'desktop' },
  { name: 'SVG', page: 'svg', device: 'desktop' },
  { name: 'PixiJS', page: 'pixi', device: 'desktop' },
  { name: 'Sellout', page: null, device: 'phone' },
  { name: 'bare canvas', page: 'bare', device: 'phone' },
];

export interface MapFigures {
  /** Time from the navigation to the map on the screen. */
  readonly firstMs: number;
  readonly scenes: ReadonlyMap<Scene['name'], Frames>;
  /** Milliseconds of the main thread per second: for the messages alone, and for them with all that they cause. */
  readonly messageMs: number;
  readonly changeMs: number;
  readonly heapMegabytes: number;
  /** Bytes before the page asks for the event, without the layout. */
  readonly bytes: number;
}

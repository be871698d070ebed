/**
 * Allowed imports of one module under src/. A module may import only itself and what its row lists. oxlint.config.ts turns the
 * rows into lint rules, and a test checks every pair of modules.
 */
export interface ImportRow {
  /** Modules, or `module/folder` and `module/file.ts` if only that part of a module may be imported. */
  readonly may: readonly string[];
  /** `types` allows only `import type`. Without this property, a module may not import from src/generated. */
  readonly generated?: 'types' | 'all';
}

const domain = [
  'analytics',
  'booking',
  'catalog',
  'identity',
  'payment',
  'seating',
  'ticketing',
  'traffic',
  'waiting-room',
] as const;

const base = ['messaging', 'platform'];
const edge = [...domain, ...base];

export const importTable: Readonly<Record<string, ImportRow>> = {
  main: { may: [...edge, 'http', 'transport', 'graphql', 'fanout', 'workers'], generated: 'all' },
  transport: { may: ['graphql/engine', 'fanout', 'http', 'identity', 'traffic', ...base] },
  graphql: { may: edge, generated: 'types' },
  workers: { may: edge },
  fanout: { may: ['graphql/engine', 'seating', 'platform'] },
  http: { may: ['platform'] },
  'http/routes': { may: ['http', ...edge] },
  booking: {
    may: ['seating', 'catalog', 'payment/port.ts', 'traffic/port.ts', 'waiting-room/port.ts', ...base],
    generated: 'types',
  },
  // The codec of seat states, shared with seat-feed: one file without dependencies.
  seating: { may: ['catalog', 'web/seat-feed/packed-seats.ts', ...base], generated: 'types' },
  payment: { may: ['booking', 'catalog', ...base], generated: 'types' },
  ticketing: { may: ['booking', 'catalog', ...base], generated: 'types' },
  'waiting-room': { may: ['seating/availability.ts', ...base], generated: 'types' },
  traffic: { may: base, generated: 'types' },
  identity: { may: base, generated: 'types' },
  catalog: { may: base, generated: 'types' },
  analytics: { may: base, generated: 'types' },
  messaging: { may: ['platform'] },
  platform: { may: [], generated: 'all' },
  web: { may: [] },
};

export const modules = Object.keys(importTable);

/**
 * Who may import whom under src/, deny by default: a room imports itself and what its row names, nothing else.
 * oxlint.config.ts turns the rows into rules; test/unit/tooling/checks-imports.test.ts proves every pair, allowed or not.
 */
export interface ImportRow {
  /** Rooms, or `room/file.ts` where one file of a room is open and the rest of it is not. */
  readonly may: readonly string[];
  /** `types`: only `import type`. A room without the word does not touch src/generated at all. */
  readonly generated?: 'types' | 'all';
}

const domain = [
  'analytics',
  'booking',
  'catalog',
  'identity',
  'payment',
  'seating',
  'traffic',
  'waiting-room',
] as const;

const edge = [...domain, 'pubsub', 'platform'];
const base = ['pubsub', 'platform'];

export const importTable: Readonly<Record<string, ImportRow>> = {
  main: { may: [...edge, 'graphql', 'http', 'workers'], generated: 'all' },
  http: { may: edge },
  graphql: { may: edge, generated: 'types' },
  workers: { may: edge },
  booking: { may: ['seating', 'catalog', 'payment/port.ts', ...base], generated: 'types' },
  seating: { may: ['catalog', ...base], generated: 'types' },
  'waiting-room': { may: ['seating/availability.ts', ...base], generated: 'types' },
  traffic: { may: base, generated: 'types' },
  identity: { may: base, generated: 'types' },
  catalog: { may: base, generated: 'types' },
  payment: { may: base, generated: 'types' },
  analytics: { may: base, generated: 'types' },
  pubsub: { may: ['platform'] },
  platform: { may: [], generated: 'all' },
  web: { may: [] },
};

export const rooms = Object.keys(importTable);

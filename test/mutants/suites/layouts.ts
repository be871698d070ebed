import type { MutantGroup } from '../mutant.ts';

export const layouts: readonly MutantGroup[] = [
  {
    tests: ['test/unit/seating/adjacency.test.ts'],
    mutants: [
      { guard: 'row-order-by-geometry', mutation: { replace: 'pitches[index] ?? 0', with: '1e9' } },
      {
        guard: 'pitch-ignores-aisles',
        mutation: { replace: '(distances.length - 1) >>', with: 'distances.length -' },
      },
      { guard: 'short-row-pitch', mutation: { replace: '3', with: '1' } },
      { guard: 'scattered-seats-pitch', mutation: { replace: '3', with: '1e9' } },
      { guard: 'two-neighbors-no-ring', mutation: 'left only' },
      { guard: 'row-corner', mutation: 'right only' },
      { guard: 'seats-in-any-file-order', mutation: { replace: ', place', with: '' } },
      {
        guard: 'equal-places-in-any-file-order',
        mutation: { replace: '< b ? -1 : Number(a > b)', with: '=== b ? 1 : 0' },
      },
      {
        guard: 'prices-in-any-file-order',
        mutation: {
          replace: 'map(([, tiers]) => tiers',
          with: 'flatMap(([, tiers]) => tiers.map((tier) => [tier])',
        },
      },
    ],
  },
  {
    tests: ['test/api/reads/hidden-drafts.test.ts'],
    mutants: [
      { guard: 'draft-hidden-from-preparation', mutation: { replace: 'publishedInfo', with: 'info' } },
      {
        guard: 'draft-hidden-from-layout-hash',
        mutation: { replace: '?.layoutHash === hash', with: '!== undefined' },
      },
    ],
  },
  {
    tests: ['test/unit/seating/encoded-layouts.test.ts'],
    mutants: [
      {
        guard: 'one-layout-at-a-time',
        mutation: { replace: '.run(path,', with: '.run(String(Math.random()),' },
      },
      { guard: 'layout-cache-bytes', mutation: { replace: 'sizeMax: bytesMax', with: 'sizeMax: 1e12' } },
    ],
  },
];

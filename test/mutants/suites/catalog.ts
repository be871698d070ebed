import type { MutantGroup } from '../mutant.ts';

export const catalog: readonly MutantGroup[] = [
  {
    tests: ['test/unit/catalog/names.test.ts', 'test/db/catalog/catalog-events.test.ts'],
    mutants: [{ guard: 'name-characters', mutation: 'never' }],
  },
  {
    tests: ['test/unit/catalog/names.test.ts'],
    mutants: [{ guard: 'visible-name', mutation: { replace: 'isVisible(name)', with: "name !== ''" } }],
  },
  {
    tests: ['test/db/catalog/catalog-events.test.ts'],
    mutants: [
      {
        guard: 'currency-code',
        mutation: { replace: '!minorUnitExponents.has(currency)', with: 'currency.length !== 3' },
      },
      { guard: 'tier-name-lookalikes', mutation: 'remove' },
      { guard: 'start-in-future', mutation: 'never' },
    ],
  },
  {
    tests: [
      'test/unit/catalog/seating-plan-faults.test.ts',
      'test/unit/catalog/seating-plan-properties.test.ts',
    ],
    mutants: [{ guard: 'unique-seat-label', mutation: { replace: '=== undefined', with: '!== key' } }],
  },
  {
    tests: ['test/unit/catalog/seating-plan-faults.test.ts'],
    mutants: [
      { guard: 'zone-name-lookalikes', mutation: { replace: 'toNameKey(name)', with: 'name' } },
      { guard: 'seat-label-length', mutation: 'remove' },
    ],
  },
  {
    tests: ['test/api/mutations/sale-times.test.ts'],
    mutants: [
      {
        guard: 'ended-sale-status',
        mutation: 'always',
      },
      { guard: 'extended-hold-status', mutation: { replace: '+ (holdExtensionMs ?? 0)', with: '' } },
    ],
  },
  {
    tests: ['test/db/catalog/catalog-venues.test.ts'],
    mutants: [
      {
        guard: 'time-zone-name',
        mutation: { replace: 'named.test(timeZone) &&', with: '' },
        only: 'the time zone',
      },
      { guard: 'time-zone-of-a-venue', mutation: 'never', only: 'keeps its time zone' },
    ],
  },
  {
    tests: ['test/db/catalog/catalog-status.test.ts'],
    mutants: [{ guard: 'no-sale-after-end', mutation: 'never' }],
  },
  {
    tests: ['test/db/catalog/organizer-keys.test.ts'],
    mutants: [
      { guard: 'concurrent-organizer-key', mutation: 'remove' },
      { guard: 'organizer-key-input', mutation: 'never' },
      {
        guard: 'organizer-key-owner',
        mutation: { replace: 'organizer_id = ${organizerId}::uuid AND', with: '' },
      },
    ],
  },
];

import type { MutantGroup } from '../mutant.ts';

export const graphqlSchema: readonly MutantGroup[] = [
  {
    tests: ['test/db/catalog/event-counts.test.ts'],
    mutants: [
      { guard: 'organizer-counts', mutation: 'never' },
      { guard: 'failed-count', mutation: 'remove' },
    ],
  },
  {
    tests: ['test/api/reads/hidden-drafts.test.ts'],
    mutants: [
      {
        guard: 'draft-hidden-before-layout',
        mutation: 'never',
      },
    ],
  },
  {
    tests: ['test/api/reads/queries.test.ts'],
    mutants: [
      {
        guard: 'draft-seats',
        mutation: { replace: "AND (e.status <> 'DRAFT' OR e.organizer_id = ${viewerId}::uuid)", with: '' },
      },
      { guard: 'draft-pages', mutation: { replace: "e.status <> 'DRAFT'", with: 'true' } },
    ],
  },
  {
    tests: ['test/api/mutations/committed-mutations.test.ts'],
    mutants: [
      {
        guard: 'nullable-mutation-field',
        mutation: { replace: 'nullable: true,', with: '' },
        only: 'is nullable',
      },
    ],
  },
  {
    tests: ['test/api/fanout/subscriptions.test.ts'],
    mutants: [
      {
        guard: 'booking-updates-owner',
        mutation: { replace: ', buyerId: ctx.viewer.userId', with: '' },
        only: 'can’t be followed',
      },
      { guard: 'draft-updates-visibility', mutation: { replace: 'null', with: 'undefined' }, only: 'draft' },
      {
        guard: 'draft-updates-visibility',
        mutation: { replace: 'null ||', with: 'undefined &&' },
        only: 'crowd',
      },
    ],
  },
  {
    tests: ['test/api/mutations/sale-times.test.ts'],
    mutants: [{ guard: 'ended-event-filter', mutation: { replace: 'AND NOT ${isOver}', with: '' } }],
  },
  {
    tests: ['test/api/reads/event-pages.test.ts'],
    mutants: [
      { guard: 'page-instant', mutation: 'right only' },
      {
        guard: 'search-length',
        mutation: { replace: 'findNameFault(search, SEARCH_LENGTH_MAX)', with: 'null' },
        only: 'are searched',
      },
      {
        guard: 'search-literal',
        mutation: { replace: 'search.replaceAll(/[\\\\%_]/g, String.raw`\\$&`)', with: 'search' },
        only: 'are searched',
      },
    ],
  },
  {
    tests: ['test/api/reads/organizer-reads.test.ts'],
    mutants: [
      {
        guard: 'event-bookings-organizer',
        mutation: {
          replace: 'viewer.userId === event.organizerId',
          with: 'event.organizerId !== viewer.role',
        },
      },
      {
        guard: 'event-bookings-organizer',
        mutation: { replace: "role === 'ORGANIZER' && viewer.", with: '' },
      },
      { guard: 'event-bookings-event', mutation: { replace: '?.eventId !== event.id', with: '=== null' } },
      { guard: 'event-bookings-cost', mutation: { replace: 'complexity: pageCost,', with: '' } },
      {
        guard: 'organizer-events',
        mutation: { replace: 'e.organizer_id = ${organizerId}::uuid', with: 'true' },
      },
    ],
  },
  {
    tests: ['test/api/reads/page-info.test.ts'],
    mutants: [
      { guard: 'organizer-venues', mutation: { replace: '{ organizerId },', with: '' } },
      {
        guard: 'page-has-more',
        mutation: {
          replace: '=== null ? false : (hasRows(adjacent) as unknown as boolean)',
          with: '!== null',
        },
      },
      { guard: 'page-after-cursor', mutation: { replace: 'true', with: 'false' } },
    ],
  },
  {
    tests: ['test/api/mutations/changed-seats.test.ts'],
    mutants: [
      {
        guard: 'seat-update-cost',
        mutation: { replace: 'complexity: { field: 1, multiplier: SEATS_COST },', with: '' },
      },
    ],
  },
  {
    tests: ['test/unit/fanout/shared-fields.test.ts'],
    mutants: [{ guard: 'seat-update-known', mutation: 'right only' }],
  },
];

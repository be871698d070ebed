import type { Guard } from './guard.ts';

/** Of the times of an event: its sale, its cancellations, and the status and order that follow from them. */
export const saleGuards: readonly Guard[] = [
  {
    name: 'end of the sale',
    file: 'src/booking/rules/sale-rules.ts',
    find: 'draft.clockMs < saleEndsAtMs',
    replace: 'draft.clockMs < Infinity',
    tests: ['test/api/mutations/sale-times'],
  },
  {
    name: 'end of the sale to the millisecond',
    file: 'src/booking/rules/sale-rules.ts',
    find: 'draft.clockMs < saleEndsAtMs',
    replace: 'draft.clockMs <= saleEndsAtMs',
    tests: ['test/unit/booking/decide'],
  },
  {
    name: 'end of cancellations by buyers',
    file: 'src/booking/rules/sale-rules.ts',
    find: 'clockMs < cancelableUntilMs ?',
    replace: 'clockMs < Infinity ?',
    tests: ['test/api/mutations/sale-times'],
  },
  {
    name: 'status of an event whose sale has ended',
    file: 'src/catalog/events/event-status.ts',
    find: 'nowMs < saleEndsAtMs + longestHoldMs(event)',
    replace: 'nowMs < Infinity',
    tests: ['test/api/mutations/sale-times'],
  },
  {
    name: 'status stays while an extended hold can stand',
    file: 'src/catalog/events/event-status.ts',
    find: 'holdTtlMs + (holdExtensionMs ?? 0)',
    replace: 'holdTtlMs',
    tests: ['test/api/mutations/sale-times'],
  },
  {
    name: 'filter by the status that an event reads as',
    file: 'src/graphql/reads/event-pages.sql.ts',
    find: 'AND NOT ${isOver}',
    replace: '',
    tests: ['test/api/mutations/sale-times'],
  },
  {
    name: 'drafts in pages of events',
    file: 'src/graphql/reads/event-pages.sql.ts',
    find: "if (viewerId === null) return sql`e.status <> 'DRAFT'`",
    replace: 'if (viewerId === null) return sql`true`',
    tests: ['test/api/reads/queries'],
  },
  {
    name: 'instant that a list of events began at',
    file: 'src/graphql/types/event-connection.ts',
    find: 'page.after ?? page.before ?? { asOf',
    replace: '{ asOf',
    tests: ['test/api/reads/event-pages'],
  },
  {
    name: 'start in the future',
    file: 'src/catalog/events/event-input.ts',
    find: 'startsAt.getTime() <= nowMs',
    replace: 'startsAt.getTime() <= -Infinity',
    tests: ['test/db/catalog/catalog-events'],
  },
  {
    name: 'no sale after its time',
    file: 'src/catalog/events/set-event-status.ts',
    find: "status === 'ON_SALE' && event.saleIsOver",
    replace: 'false',
    tests: ['test/db/catalog/catalog-status'],
  },
  {
    name: 'events on sale, for the home page',
    file: 'src/http/routes/home/events-on-sale.sql.ts',
    find: 'AND e.sale_ends_at > now()',
    replace: '',
    tests: ['test/api/mutations/sale-times'],
  },
];

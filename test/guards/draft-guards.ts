import type { Guard } from './guard.ts';

/** Of what hides a draft from everyone but its organizer. */
export const draftGuards: readonly Guard[] = [
  {
    name: 'drafts hidden from batches',
    file: 'src/booking/batch/batch-reads.sql.ts',
    find: "(e.status <> 'DRAFT'",
    replace: '(true',
    tests: ['test/api/reads/hidden-drafts'],
  },
  {
    name: 'one refusal of bookings, with and without an event',
    file: 'src/booking/batch/run-batch.ts',
    find: "kind === 'hold' || kind === 'block' || kind === 'unblock' ?",
    replace: 'kind.length > 0 ?',
    tests: ['test/api/reads/hidden-drafts'],
  },
  {
    name: 'drafts hidden before their layout is loaded',
    file: 'src/graphql/schema/seat-kind.ts',
    find: '!(await canSeeEvent(ctx, eventId))',
    replace: 'eventId < 0',
    tests: ['test/api/reads/hidden-drafts'],
  },
  {
    name: 'drafts hidden from the preparation of batches',
    file: 'src/seating/best-available/choose-for-event.ts',
    find: 'await this.#ctx.layouts.publishedInfo(eventId)',
    replace: 'await this.#ctx.layouts.info(eventId)',
    tests: ['test/api/reads/hidden-drafts'],
  },
  {
    name: 'drafts published after the preparation of a batch',
    file: 'src/booking/batch/run-batch.ts',
    find: 'if (lacksNeighbours(plan.event, commands, neighbours))',
    replace: 'if (plan.event.eventId < 0)',
    tests: ['test/db/messaging/published-events'],
  },
  {
    name: 'seats of drafts',
    file: 'src/graphql/reads/seats.sql.ts',
    find: "AND (e.status <> 'DRAFT' OR e.organizer_id = ${viewerId}::uuid)",
    replace: '',
    tests: ['test/api/reads/queries'],
  },
  {
    name: 'drafts hidden from guesses at their layout',
    file: 'src/seating/layout/event-layouts.ts',
    find: 'known?.layoutHash === hash ? known :',
    replace: 'known !== undefined ? known :',
    tests: ['test/api/reads/hidden-drafts'],
  },
];

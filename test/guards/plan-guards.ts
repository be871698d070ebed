import type { Guard } from './guard.ts';

const plans = { tests: ['test/db/database/background-plans'] };

/** What keeps the plans of background statements from depending on statistics. */
export const planGuards: readonly Guard[] = [
  {
    name: 'an audit has no nested loops',
    ...plans,
    file: 'src/booking/audit/find-breaches.sql.ts',
    find: "set_config('enable_nestloop', 'off', true)",
    replace: "set_config('enable_nestloop', 'on', true)",
    only: 'audit every table',
  },
  {
    name: 'keys are pruned by the key of their booking',
    ...plans,
    file: 'src/booking/operations/prune-history.ts',
    find: 'AND id = due.booking_id OFFSET 0',
    replace: "AND id = due.booking_id AND status IN ('HOLD', 'CONFIRMED') OFFSET 0",
    only: 'prune',
  },
  {
    name: 'what is recent is read through the index on time',
    ...plans,
    file: 'src/workers/unpublished.sql.ts',
    find: 'committed_at > statement_timestamp()',
    replace: 'committed_at > clock_timestamp()',
    only: 'recent records',
  },
  {
    name: 'what is recent is grouped apart',
    ...plans,
    file: 'src/workers/unpublished.sql.ts',
    find: 'AS MATERIALIZED',
    replace: 'AS NOT MATERIALIZED',
    only: 'recent records',
  },
  {
    name: 'polls are planned each time',
    ...plans,
    file: 'src/platform/database/db.ts',
    find: 'readLocked|readVersions|readPublicVersion|isRecorded|readChanges|readChangesTogether|',
    replace: 'readLocked|',
    only: 'poll by key',
  },
  {
    name: 'batches and the worker read in the order of an index',
    ...plans,
    file: 'src/platform/database/db.ts',
    find: "  'enable_sort',\n",
    replace: '',
    only: 'sweep holds',
  },
  {
    name: 'overdue holds are read up to now',
    ...plans,
    file: 'src/booking/expiry/overdue-holds.sql.ts',
    find: 'hold_expires_at <= statement_timestamp()',
    replace: 'hold_expires_at <= clock_timestamp()',
    only: 'sweep holds',
  },
  {
    name: 'the index on claims can’t serve as the key',
    ...plans,
    file: 'prisma/migrations/20261128111500_claims_by_seat/migration.sql',
    find: '("seat_index", "event_id")',
    replace: '("event_id", "seat_index")',
    only: 'sweep holds',
  },
];

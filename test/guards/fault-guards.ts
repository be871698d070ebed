import type { Guard } from './guard.ts';

/** What keeps a fault from reaching further than it must: hanging reads, poisonous commands, a database that is out. */
export const faultGuards: readonly Guard[] = [
  {
    name: 'committed mutations whose details cannot be read say so',
    file: 'src/graphql/committed.ts',
    find: 'setResult({ ...result, errors })',
    replace: 'void errors',
    tests: ['test/api/committed-mutations'],
    only: 'whose details cannot be read',
  },
  {
    name: 'mutation fields are nullable',
    file: 'src/graphql/mutations/startGuestSession.ts',
    find: 'nullable: true,',
    replace: '',
    tests: ['test/api/committed-mutations'],
    only: 'is nullable',
  },
  {
    name: 'a batch waits only so long for the reads of some of its commands',
    file: 'src/booking/prepare-batch.ts',
    find: 'if (await settlesWithin(PATIENCE_MS, attempt)) return;',
    replace: 'await attempt;\n      if (slow.size === 0) return;',
    tests: ['test/db/hanging-reads'],
  },
  {
    name: 'the commands of a failed batch run one by one',
    file: 'src/booking/execute-batch.ts',
    find: 'for (const pending of batch) pending.alone = true;',
    replace: '',
    tests: ['test/db/poisonous-command'],
  },
  {
    name: 'commands that run one by one are refused at their deadline',
    file: 'src/booking/group-commit.ts',
    find: 'if (alone) break;',
    replace: '',
    tests: ['test/unit/group-commit'],
  },
  {
    name: 'commands that are set aside are refused at their deadline',
    file: 'src/booking/group-commit.ts',
    find: 'for (const pending of lane.parked) if (isLate(pending)) pending.settle(new BusyError());',
    replace: '',
    tests: ['test/unit/group-commit'],
  },
  {
    name: 'a server without resources is not asked again at once',
    file: 'src/platform/db-errors.ts',
    find: "if (state.startsWith('53')) return 'exhausted';",
    replace: '',
    tests: ['test/db/exhausted-database'],
  },
  {
    name: 'a retried command is logged once',
    file: 'src/booking/execute-batch.ts',
    find: "batch.every(({ retried }) => retried) ? 'debug' : 'warn'",
    replace: "'warn'",
    tests: ['test/db/exhausted-database'],
  },
];

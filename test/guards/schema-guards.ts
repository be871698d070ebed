import type { Guard } from './guard.ts';

/** Inputs, organizer keys, connections and what organizers read. */
export const schemaGuards: readonly Guard[] = [
  {
    name: 'limit on the wrong fields that are listed',
    file: 'src/platform/input-errors.ts',
    find: 'this.#errors.size < INPUT_ERRORS_MAX && ',
    replace: '',
    tests: ['test/unit/input-errors'],
  },
  {
    name: "an organizer's key taken by a concurrent call",
    file: 'src/catalog/create-event.ts',
    find: '        throw new KeyTaken();',
    replace: '        void KeyTaken;',
    tests: ['test/db/organizer-keys'],
  },
  {
    name: "input of an organizer's key",
    file: 'src/catalog/create-event.ts',
    find: 'used !== null && used.inputHash !== inputHash',
    replace: 'used !== null && used.inputHash === null',
    tests: ['test/db/organizer-keys'],
  },
  {
    name: "owner of an organizer's key",
    file: 'src/catalog/organizer-keys.sql.ts',
    find: 'organizer_id = ${organizerId}::uuid AND operation = ',
    replace: 'operation = ',
    tests: ['test/db/organizer-keys'],
  },
];

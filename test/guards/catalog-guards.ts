import type { Guard } from './guard.ts';

/** Guards of what organizers bring in: plans, names, prices. */
export const catalogGuards: readonly Guard[] = [
  {
    name: 'characters that a name may not have',
    file: 'src/catalog/names.ts',
    find: 'if (found !== undefined) return',
    replace: 'if (found === null) return',
    tests: ['test/unit/names', 'test/db/catalog-events'],
  },
  {
    name: 'a name that can be seen',
    file: 'src/catalog/names.ts',
    find: 'return isVisible(name) ||',
    replace: "return name !== '' ||",
    tests: ['test/unit/names'],
  },
  {
    name: 'currencies of ISO 4217 alone',
    file: 'src/catalog/event-input.ts',
    find: '!minorUnitExponents.has(fields.currency)',
    replace: 'fields.currency.length !== 3',
    tests: ['test/db/catalog-events'],
  },
  {
    name: 'one label, one chair',
    file: 'src/catalog/seating-plan/read-zones.ts',
    find: 'if (first === undefined) labelPaths.set(key, path);',
    replace: 'if (first !== key) labelPaths.set(key, path);',
    tests: ['test/unit/seating-plan-faults', 'test/unit/seating-plan-properties'],
  },
  {
    name: 'zone names that look alike',
    file: 'src/catalog/seating-plan/read-zones.ts',
    find: 'reading.sectionPaths.get(nameKey(name))',
    replace: 'reading.sectionPaths.get(name)',
    tests: ['test/unit/seating-plan-faults'],
  },
  {
    name: 'length of a label with its number',
    file: 'src/catalog/seating-plan/seat-label.ts',
    find: 'if (findNameFault(label, planLimits.labelLengthMax, 0) !== null) onTooLong();',
    replace: '',
    tests: ['test/unit/seating-plan-faults'],
  },
  {
    name: 'tier names that look alike',
    file: 'src/catalog/price-categories.ts',
    find: '  checkTierNames(priceTiers);',
    replace: '',
    tests: ['test/db/catalog-events'],
  },
];

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
    name: 'tier names that look alike',
    file: 'src/catalog/price-categories.ts',
    find: '  checkTierNames(priceTiers);',
    replace: '',
    tests: ['test/db/catalog-events'],
  },
];

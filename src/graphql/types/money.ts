import { builder } from '../builder.ts';

export const Money = builder.objectType('Money', {
  description: 'An amount of money.',
  fields: (t) => ({
    amount: t.expose('amount', {
      type: 'SafeInt',
      description: "In the currency's minor unit: cents, for euros.",
    }),
    currency: t.exposeString('currency', { description: 'Three letters, as ISO 4217 has them.' }),
  }),
});

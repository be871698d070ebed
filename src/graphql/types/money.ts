import { builder } from '../schema/builder.ts';

builder.objectType('Money', {
  description: 'An amount of money.',
  fields: (t) => ({
    amount: t.expose('amount', {
      type: 'SafeInt',
      description: 'The amount in the minor unit of the currency, such as cents for EUR.',
    }),
    currency: t.exposeString('currency', { description: 'A three-letter ISO 4217 currency code.' }),
  }),
});

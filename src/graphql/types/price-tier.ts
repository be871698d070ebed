import { builder } from '../builder.ts';
import { orKnown } from '../loaded.ts';
import { moneyOf } from '../reads/money.ts';
import type { KnownTier } from '../reads/seat-row.ts';

export const PriceTier = builder.prismaObject('PriceTier', {
  description: 'What seats of one category cost at an event.',
  fields: (t) => ({
    name: t.exposeString('name', {
      description: 'What it is called, such as "Balcony"; unique within the event.',
    }),
    price: orKnown(
      t.loadable({
        type: 'Money',
        description: 'What one seat costs.',
        loaderOptions: { cache: false },
        load: (tiers: { eventId: number; amount: bigint }[], ctx) => moneyOf(ctx, tiers),
        resolve: (tier) => tier,
      }),
      (tier) => {
        const { amount, currency } = tier as Partial<KnownTier>;
        return currency === undefined ? undefined : { amount, currency };
      },
    ),
    color: t.exposeString('color', {
      nullable: true,
      description: 'To draw its seats in, as CSS writes colors.',
    }),
  }),
});

import { builder } from '../schema/builder.ts';
import { orKnown } from '../schema/loaded.ts';
import { moneyOf } from '../reads/money.ts';
import type { KnownTier } from '../reads/seat-row.ts';

export const PriceTier = builder.prismaObject('PriceTier', {
  description: 'The price of one category of seats at an event.',
  fields: (t) => ({
    name: t.exposeString('name', {
      description: 'The name of the tier, such as "Balcony". Unique within the event.',
    }),
    price: orKnown(
      t.loadable({
        type: 'Money',
        description: 'The price of one seat.',
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
      description: 'The color of the tier on seat maps, as a CSS color.',
    }),
  }),
});

import type { FieldKind, FieldRef, SchemaTypes } from '@pothos/core';
import { readMoney } from '../reads/money.ts';
import type { PreloadedTier } from '../reads/seats.sql.ts';
import { builder } from './builder.ts';

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

export const PriceTier = builder.prismaObject('PriceTier', {
  description: 'The price of one category of seats at an event.',
  fields: (t) => ({
    name: t.exposeString('name', {
      description: 'The name of the tier, such as "Balcony". Unique within the event.',
    }),
    price: withPreloaded(
      t.loadable({
        type: 'Money',
        description: 'The price of one seat.',
        loaderOptions: { cache: false },
        load: (tiers: { eventId: number; amount: bigint }[], ctx) => readMoney(ctx, tiers),
        resolve: (tier) => tier,
      }),
      (tier) => {
        const { amount, currency } = tier as Partial<PreloadedTier>;
        return currency === undefined ? undefined : { amount, currency };
      },
    ),
    color: t.exposeString('color', {
      nullable: true,
      description: 'The color of the tier on seat maps, as a CSS color.',
    }),
  }),
});

/**
 * Makes a loadable field return the value that its parent already has, if any, instead of loading it. Such a value is not
 * a promise, so the field can be part of a synchronous execution.
 */
export function withPreloaded<Types extends SchemaTypes, T, Kind extends FieldKind>(
  field: FieldRef<Types, T, Kind>,
  getPreloaded: (parent: unknown) => object | undefined,
): FieldRef<Types, T, Kind> {
  field.updateConfig((config) => {
    const { resolve } = config;
    // guard: seat-update-known
    return { ...config, resolve: (parent, ...rest) => getPreloaded(parent) ?? resolve?.(parent, ...rest) };
  });
  return field;
}

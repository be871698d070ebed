import type { GraphQLContext } from '../schema/context.ts';

export interface MoneyShape {
  /** In the currency's minor unit. */
  readonly amount: number | bigint;
  /** ISO 4217. */
  readonly currency: string;
}

export interface EventAmount {
  readonly eventId: number;
  readonly amount: number | bigint;
}

/** Amounts as money of their events; at most one statement for all of them. */
export async function moneyOf(ctx: GraphQLContext, amounts: readonly EventAmount[]): Promise<MoneyShape[]> {
  const infos = await ctx.eventLayouts.infos(amounts.map(({ eventId }) => eventId));
  return amounts.map(({ eventId, amount }) => {
    const currency = infos.get(eventId)?.currency;
    if (currency === undefined) throw new Error(`event ${eventId} has no currency`);
    return { amount, currency };
  });
}

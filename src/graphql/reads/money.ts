import type { GraphQLContext } from '../context.ts';

export interface MoneyShape {
  /** The amount in the minor unit of the currency. */
  readonly amount: number | bigint;
  /** The ISO 4217 code of the currency. */
  readonly currency: string;
}

interface EventAmount {
  readonly eventId: number;
  readonly amount: number | bigint;
}

/** Adds to each amount the currency of its event, in at most one statement. */
export async function readMoney(ctx: GraphQLContext, amounts: readonly EventAmount[]): Promise<MoneyShape[]> {
  const infos = await ctx.eventLayouts.infos(amounts.map(({ eventId }) => eventId));
  return amounts.map(({ eventId, amount }) => {
    const currency = infos.get(eventId)?.currency;
    if (currency === undefined) throw new Error(`event ${eventId} has no currency`);
    return { amount, currency };
  });
}

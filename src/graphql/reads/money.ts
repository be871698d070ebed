import type { GraphQLContext } from '../context.ts';

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

/** Amounts as money of their events; at most one statement for all of them, none where one event is known already. */
export async function moneyOf(ctx: GraphQLContext, amounts: readonly EventAmount[]): Promise<MoneyShape[]> {
  const currencies = await currenciesOf(ctx, [...new Set(amounts.map(({ eventId }) => eventId))]);
  return amounts.map(({ eventId, amount }) => {
    const currency = currencies.get(eventId);
    if (currency === undefined) throw new Error(`event ${eventId} has no currency`);
    return { amount, currency };
  });
}

async function currenciesOf(
  { database, eventLayouts }: GraphQLContext,
  eventIds: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const [only] = eventIds;
  if (only !== undefined && eventIds.length === 1) {
    const info = await eventLayouts.info(only);
    return new Map(info === null ? [] : [[only, info.currency]]);
  }
  const rows = await database.reads.event.findMany({
    where: { id: { in: [...eventIds] } },
    select: { id: true, currency: true },
  });
  return new Map(rows.map(({ id, currency }) => [id, currency]));
}

import type { Costs } from './inputs.ts';
import { toLoads } from './model/load.ts';
import { rankLimits, type Limit } from './model/limits.ts';
import { planSale, type Plan } from './model/plan.ts';
import { simulateSale, type SaleResult } from './sale/simulate.ts';
import { defaultSale, type Sale } from './sale/sale.ts';

export interface Size {
  readonly name: string;
  readonly sale: Sale;
}

/** The examples of docs/scaling.md. */
export const sizes: readonly Size[] = [
  {
    name: 'theater',
    sale: {
      ...defaultSale,
      arrivals: 5_000,
      events: 1,
      seatsPerEvent: 500,
      databaseCores: 2,
      gigabits: 1,
      sellMinutes: 5,
    },
  },
  {
    name: 'arena',
    sale: { ...defaultSale, arrivals: 200_000, events: 1, seatsPerEvent: 20_000, databaseCores: 4 },
  },
  {
    name: 'tour, 1 million',
    sale: { ...defaultSale, arrivals: 1_000_000, events: 10, seatsPerEvent: 20_000, databaseCores: 8 },
  },
  { name: 'tour, 10 million', sale: defaultSale },
];

/** A sale, simulated, with what it needs. */
export interface Sized {
  readonly sale: Sale;
  readonly result: SaleResult;
  readonly plan: Plan;
  /** What it would need with the design that is not built. */
  readonly edge: Plan;
  readonly limits: readonly Limit[];
  /** Bytes of its rows in PostgreSQL. */
  readonly diskBytes: number;
}

export function sizeSale(sale: Sale, costs: Costs): Sized {
  const result = simulateSale(sale, costs);
  const loads = toLoads(result.series, sale);
  const plan = planSale(loads, sale, costs);
  return {
    sale,
    result,
    plan,
    edge: planSale(loads, sale, costs, 'edge'),
    limits: rankLimits(plan, sale, costs),
    diskBytes:
      result.series.sum('taken') * costs.holdDiskBytes +
      sale.events * sale.seatsPerEvent * costs.seatDiskBytes,
  };
}

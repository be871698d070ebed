import inputs from './inputs.json' with { type: 'json' };

export type InputName = keyof typeof inputs;

/** One figure that the capacity model starts from. */
export interface Input {
  readonly value: number;
  readonly unit: string;
  readonly meaning: string;
  /** Command that measures it, or `file: text` if the figure is configured. */
  readonly source: string;
  /** Benchmark that measures the same with contenders, if there is one. */
  readonly benchmark?: string;
  /** Machine on which it was measured. Configured figures have none. */
  readonly machine?: string;
}

export const capacityInputs: Readonly<Record<InputName, Input>> = inputs;

/** What one unit of load costs, and what one unit of the deployment can take. */
export type Costs = Readonly<Record<InputName, number>>;

/** The costs that are not configured. */
export type MeasuredCosts = Omit<
  Costs,
  | 'socketsPerProcessMax'
  | 'connectionsPerBalancerMax'
  | 'databaseConnectionsPerProcess'
  | 'databaseConnectionsMax'
>;

export function toCosts(named: Readonly<Record<InputName, Input>> = capacityInputs): Costs {
  const values = Object.entries(named).map(([name, { value }]) => [name, value]);
  return Object.fromEntries(values) as Record<InputName, number>;
}

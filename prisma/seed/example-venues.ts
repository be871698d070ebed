import { readFile } from 'node:fs/promises';
import { parseSeatingPlan, validateSeatingPlan } from '../../src/catalog/seating-plan/parse-plan.ts';
import type { PlanResult } from '../../src/catalog/seating-plan/parse-plan.ts';
import type { SeatingPlan } from '../../src/catalog/seating-plan/seating-plan.ts';
import { generateArena } from '../plans/arena.ts';
import { generateStadium } from '../plans/stadium.ts';
import { generateTheatre } from '../plans/theatre.ts';

const hallFile = new URL('../plans/riethsporthalle-erfurt.json', import.meta.url);

/** By the plans' own names. Generating one, and checking it, takes up to a second: it is done only when needed. */
const plans = {
  'Riethsporthalle Erfurt': async () => parseSeatingPlan(await readFile(hallFile, 'utf8')),
  'Sellout Theatre': () => validateSeatingPlan(generateTheatre()),
  'Sellout Arena': () => validateSeatingPlan(generateArena()),
  'Sellout Stadium': () => validateSeatingPlan(generateStadium()),
} satisfies Record<string, () => PlanResult | Promise<PlanResult>>;

export type ExampleVenue = keyof typeof plans;

export const exampleVenues = Object.keys(plans) as ExampleVenue[];

export async function planOf(venue: ExampleVenue): Promise<SeatingPlan> {
  const result = await plans[venue]();
  if (result.ok) return result.plan;
  const [fault] = result.faults;
  throw new Error(`The plan of ${venue} is faulty, at ${fault?.path}: ${fault?.message}`);
}

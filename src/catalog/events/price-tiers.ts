import { InvalidInputError } from '../../platform/errors.ts';
import { InputErrors } from '../../platform/input-errors.ts';
import type { PriceTierInput } from './event-input.ts';
import { toNameKey } from '../names.ts';
import type { PlanCategory } from '../seating-plan/seating-plan.ts';

export interface PriceTierRow {
  /** Index of the category in the venue's plan. */
  readonly index: number;
  readonly name: string;
  readonly amount: number;
  readonly color: string;
}

/** Maximum number of names in one message. */
const NAMES_LISTED_MAX = 20;

/**
 * Returns the price tiers of an event in the order of the venue's categories. Every category must have exactly one
 * price, and no two tiers may have names that look alike.
 *
 * @throws {InvalidInputError} that lists unknown categories, categories with no or several prices, and duplicate names.
 */
export function toPriceTiers(
  categories: readonly PlanCategory[],
  priceTiers: readonly PriceTierInput[],
): PriceTierRow[] {
  const errors = new InputErrors();
  const known = new Set(categories.map(({ name }) => name));
  const tierByCategory = new Map<string, PriceTierInput>();
  const indexByName = new Map<string, number>();
  for (const [index, tier] of priceTiers.entries()) {
    const isKnown = errors.run(() =>
      checkCategory(`priceTiers.${index}.category`, tier.category, known, tierByCategory),
    );
    if (isKnown === undefined) continue;
    tierByCategory.set(tier.category, tier);
    errors.run(() => checkTierName(index, tier, indexByName)); // guard: tier-name-lookalikes
  }
  errors.run(() => {
    const missing = categories.filter(({ name }) => !tierByCategory.has(name)).map(({ name }) => name);
    if (missing.length > 0)
      throw new InvalidInputError(
        'priceTiers',
        `These categories have no price tier: ${list(missing)}. Add one for each category.`,
      );
  });
  errors.assertNone();
  return categories.flatMap(({ name, color }, index) => {
    const tier = tierByCategory.get(name);
    return tier === undefined ? [] : { index, name: tier.name ?? name, amount: tier.amount, color };
  });
}

function checkCategory(
  field: string,
  category: string,
  known: ReadonlySet<string>,
  priced: ReadonlyMap<string, unknown>,
): true {
  if (!known.has(category))
    throw new InvalidInputError(
      field,
      `The venue has no category ${quote(category)}. Its categories are ${list([...known])}.`,
    );
  if (priced.has(category))
    throw new InvalidInputError(
      field,
      `The category ${quote(category)} has more than one price tier. Specify exactly one.`,
    );
  return true;
}

function checkTierName(index: number, tier: PriceTierInput, indexByName: Map<string, number>): void {
  const name = tier.name ?? tier.category;
  const first = indexByName.get(toNameKey(name));
  if (first !== undefined)
    throw new InvalidInputError(
      `priceTiers.${index}.name`,
      `The name ${quote(name)} is already used by priceTiers.${first}. Tier names must be unique.`,
    );
  indexByName.set(toNameKey(name), index);
}

function list(names: readonly string[]): string {
  const more = names.length > NAMES_LISTED_MAX ? ` and ${names.length - NAMES_LISTED_MAX} more` : '';
  return `${names.slice(0, NAMES_LISTED_MAX).map(quote).join(', ')}${more}`;
}

/** Quotes a text and cuts it, so that a message stays short. */
function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}

import { InvalidInputError } from '../platform/errors.ts';
import type { PriceTierInput } from './event-input.ts';
import { nameKey } from './names.ts';
import type { PlanCategory } from './seating-plan/seating-plan.ts';

export interface PriceTierRow {
  /** The category's place in the venue's plan. */
  readonly index: number;
  readonly name: string;
  readonly amount: number;
  readonly color: string;
}

/**
 * The price tiers of an event, in the order of the venue's categories: every category has one price, and no two tiers
 * have names that look alike.
 *
 * @throws {InvalidInputError} naming a category that the venue has not, one priced twice, those without a price, or a tier
 * whose name another one has.
 */
export function priceCategories(
  categories: readonly PlanCategory[],
  priceTiers: readonly PriceTierInput[],
): PriceTierRow[] {
  const tierOf = new Map<string, PriceTierInput>();
  const known = new Set(categories.map(({ name }) => name));
  for (const [index, tier] of priceTiers.entries()) {
    const field = `priceTiers.${index}.category`;
    if (!known.has(tier.category)) {
      throw new InvalidInputError(
        field,
        `The venue has no category ${quote(tier.category)}; it has ${list(known)}.`,
      );
    }
    if (tierOf.has(tier.category)) {
      throw new InvalidInputError(
        field,
        `The category ${quote(tier.category)} has two prices; it needs one.`,
      );
    }
    tierOf.set(tier.category, tier);
  }
  const missing = categories.filter(({ name }) => !tierOf.has(name)).map(({ name }) => name);
  if (missing.length > 0) {
    throw new InvalidInputError('priceTiers', `These categories have no price: ${list(missing)}.`);
  }
  checkTierNames(priceTiers);
  return categories.flatMap(({ name, color }, index) => {
    const tier = tierOf.get(name);
    return tier === undefined ? [] : { index, name: tier.name ?? name, amount: tier.amount, color };
  });
}

function checkTierNames(priceTiers: readonly PriceTierInput[]): void {
  const indexByName = new Map<string, number>();
  for (const [index, tier] of priceTiers.entries()) {
    const name = tier.name ?? tier.category;
    const first = indexByName.get(nameKey(name));
    if (first !== undefined) {
      throw new InvalidInputError(
        `priceTiers.${index}.name`,
        `The name ${quote(name)} is already that of priceTiers.${first}; each tier needs its own.`,
      );
    }
    indexByName.set(nameKey(name), index);
  }
}

function list(names: Iterable<string>): string {
  return [...names].map(quote).join(', ');
}

/** Cut, so that a message stays short whatever was sent. */
function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}

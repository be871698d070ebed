import { InvalidInputError, NotFoundError } from '../../platform/errors.ts';
import { checkTogether } from '../../platform/input-errors.ts';
import type { GraphQLContext } from './context.ts';
import { beforeChange } from './outages.ts';
import { canSeeEvent } from '../reads/visibility.ts';

export interface SeatKind {
  readonly section: string | null;
  readonly tierIndex: number | null;
}

/** So that a message stays short, whatever the hall and whatever was sent. */
const NAMES_LISTED_MAX = 20;

/**
 * The kind of seats of an event that the caller may see, by the names of a section and of a price tier; null: any. Both
 * are read once an event and process, for neither ever changes. Of other events nothing is loaded.
 *
 * @throws {InvalidInputError} fields `section` and `priceTier`, if the event has none of that name.
 * @throws {NotFoundError} where there is no such event, or none that the caller may see.
 * @throws {BusyError} where the database can't be asked.
 */
export function seatKindFrom(
  ctx: GraphQLContext,
  eventId: number,
  section: string | null,
  priceTier: string | null,
): Promise<SeatKind> {
  return beforeChange(ctx, () => read(ctx, eventId, section, priceTier));
}

async function read(
  ctx: GraphQLContext,
  eventId: number,
  section: string | null,
  priceTier: string | null,
): Promise<SeatKind> {
  // guard: draft-hidden-before-layout
  if (!(await canSeeEvent(ctx, eventId)))
    throw new NotFoundError('The event does not exist or is not visible to you. Check the ID.');
  if (section === null && priceTier === null) return { section, tierIndex: null };
  const info = await ctx.eventLayouts.info(eventId);
  if (info === null)
    throw new NotFoundError('The event does not exist or is not visible to you. Check the ID.');
  const checkSection = async (name: string) => {
    const sections = await ctx.eventLayouts.sections(info);
    if (!sections.has(name)) refuse('section', 'section', [...sections]);
    return name;
  };
  const checkTier = (name: string) => {
    const names = info.tiers.map((tier) => tier.name);
    const tierIndex = names.indexOf(name);
    if (tierIndex < 0) refuse('priceTier', 'price tier', names);
    return tierIndex;
  };
  return checkTogether({
    section: () => (section === null ? null : checkSection(section)),
    tierIndex: () => (priceTier === null ? null : checkTier(priceTier)),
  });
}

function refuse(field: string, what: string, names: readonly string[]): never {
  const listed = names.slice(0, NAMES_LISTED_MAX).map((name) => `"${name}"`);
  const more = names.length > NAMES_LISTED_MAX ? ` and ${names.length - NAMES_LISTED_MAX} more` : '';
  throw new InvalidInputError(
    field,
    `The event has no ${what} with this name. Use one of ${listed.join(', ')}${more}.`,
  );
}

import { InvalidInputError } from '../../platform/errors.ts';
import { checkTogether } from '../../platform/input-errors.ts';
import type { GraphQLContext } from '../context.ts';
import { readOrBusy } from '../engine/errors/database-outage.ts';
import { canSeeEvent, notVisible } from '../reads/access.ts';

/** A section and a price tier of an event; null for any. */
export interface SeatKind {
  readonly section: string | null;
  readonly tierIndex: number | null;
}

/** Maximum number of names in an error message, which keeps the message short. */
const NAMES_LISTED_MAX = 20;

/**
 * Finds a section and a price tier of an event by their names. Sections and tiers never change, so a process reads them
 * once per event. Nothing is loaded of an event that the caller may not see.
 *
 * @throws {InvalidInputError} fields `section` and `priceTier`, if the event has none with that name.
 * @throws {NotFoundError} if the event does not exist or the caller may not see it.
 * @throws {BusyError} if the database is unavailable.
 */
export function findSeatKind(
  ctx: GraphQLContext,
  eventId: number,
  section: string | null,
  priceTier: string | null,
): Promise<SeatKind> {
  return readOrBusy(ctx, () => find(ctx, eventId, section, priceTier));
}

async function find(
  ctx: GraphQLContext,
  eventId: number,
  section: string | null,
  priceTier: string | null,
): Promise<SeatKind> {
  // guard: draft-hidden-before-layout
  if (!(await canSeeEvent(ctx, eventId))) throw notVisible('event');
  if (section === null && priceTier === null) return { section, tierIndex: null };
  const info = await ctx.eventLayouts.info(eventId);
  if (info === null) throw notVisible('event');
  const checkSection = async (name: string) => {
    const sections = await ctx.eventLayouts.sections(info);
    if (!sections.has(name)) rejectName('section', 'section', [...sections]);
    return name;
  };
  const checkTier = (name: string) => {
    const names = info.tiers.map((tier) => tier.name);
    const tierIndex = names.indexOf(name);
    if (tierIndex < 0) rejectName('priceTier', 'price tier', names);
    return tierIndex;
  };
  return checkTogether({
    section: () => (section === null ? null : checkSection(section)),
    tierIndex: () => (priceTier === null ? null : checkTier(priceTier)),
  });
}

function rejectName(field: string, what: string, names: readonly string[]): never {
  const listed = names.slice(0, NAMES_LISTED_MAX).map((name) => `"${name}"`);
  const more = names.length > NAMES_LISTED_MAX ? ` and ${names.length - NAMES_LISTED_MAX} more` : '';
  throw new InvalidInputError(
    field,
    `The event has no ${what} with this name. Use one of ${listed.join(', ')}${more}.`,
  );
}

import { InvalidInputError, NotFoundError } from '../platform/errors.ts';
import { checkTogether } from '../platform/input-errors.ts';
import type { GraphQLContext } from './context.ts';
import { beforeChange } from './outages.ts';
import { isEventVisible } from './reads/visibility.ts';

export interface SeatKind {
  readonly section: string | null;
  readonly tierIndex: number | null;
}

/** So that a message stays short, whatever the hall and whatever was sent. */
const NAMES_LISTED_MAX = 20;

/**
 * The kind of seats that the names of a section and of a price tier stand for; null: any. Read once an event and
 * process, for neither ever changes.
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
): Promise<SeatKind> | SeatKind {
  if (section === null && priceTier === null) return { section, tierIndex: null };
  return beforeChange(ctx, () => read(ctx, eventId, section, priceTier));
}

async function read(
  ctx: GraphQLContext,
  eventId: number,
  section: string | null,
  priceTier: string | null,
): Promise<SeatKind> {
  const info = await ctx.eventLayouts.info(eventId);
  if (info === null) throw new NotFoundError('There is no such event.');
  const checkSection = async (name: string) => {
    const sections = await ctx.eventLayouts.sections(info);
    if (!sections.has(name)) await refuse(ctx, eventId, 'section', 'section', [...sections]);
    return name;
  };
  const checkTier = async (name: string) => {
    const names = info.tiers.map((tier) => tier.name);
    const tierIndex = names.indexOf(name);
    if (tierIndex < 0) await refuse(ctx, eventId, 'priceTier', 'price tier', names);
    return tierIndex;
  };
  return checkTogether({
    section: () => (section === null ? null : checkSection(section)),
    tierIndex: () => (priceTier === null ? null : checkTier(priceTier)),
  });
}

/** The names of a draft are its organizer's alone. */
async function refuse(
  ctx: GraphQLContext,
  eventId: number,
  field: string,
  what: string,
  names: readonly string[],
): Promise<never> {
  if (!(await isEventVisible(ctx, eventId))) throw new NotFoundError('There is no such event.');
  const listed = names.slice(0, NAMES_LISTED_MAX).map((name) => `"${name}"`);
  const more = names.length > NAMES_LISTED_MAX ? ` and ${names.length - NAMES_LISTED_MAX} more` : '';
  throw new InvalidInputError(field, `The event has no such ${what}; it has ${listed.join(', ')}${more}.`);
}

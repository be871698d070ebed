import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core';
import type { GraphQLFieldResolver } from 'graphql';
import { parseBookingId, parseEventId } from '../../platform/ids.ts';
import { BusyError, RateLimitedError } from '../../platform/errors.ts';
import { SeatsUnavailableError } from '../../booking/rules/errors.ts';
import type { HeldBooking, SeatReservation } from '../../traffic/held-seats.ts';
import type { EndedHold } from '../../traffic/port.ts';
import type { LimitGroup } from '../../traffic/policies.ts';
import type { Caller } from './caller.ts';
import { toRepeatCheck, type RepeatContext } from './repeated-calls.ts';

/** Name of the plugin in the list of the schema builder. */
export const rateLimits = 'rateLimits';

/** Groups of root fields that do not follow from their type. */
const groups: Readonly<Record<string, LimitGroup>> = {
  startGuestSession: 'guests',
  holdSeats: 'holds',
  holdBestAvailable: 'holds',
  changeSeats: 'holds',
  requestHold: 'holds',
  requestHoldBestAvailable: 'holds',
};

/** Groups of all other root fields, so that a new field is limited from the start. */
const groupsByType: Readonly<Record<string, LimitGroup>> = {
  Query: 'reads',
  Mutation: 'changes',
  Subscription: 'subscriptions',
};

type Resolver = GraphQLFieldResolver<unknown, object, object>;

/**
 * Counts each call of a root field before anything else happens in it. A document with fifty aliases makes fifty calls. The
 * plugin comes after the errors plugin, which makes RateLimitedError a member of the result union if the field has one.
 */
class RateLimitPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(resolve: Resolver, { parentType, name }: PothosOutputFieldConfig<Types>): Resolver {
    // The resolver of a subscription runs for each of its messages.
    return parentType === 'Query' || parentType === 'Mutation' ? limit(resolve, parentType, name) : resolve;
  }

  override wrapSubscribe(
    subscribe: Resolver | undefined,
    { parentType, name }: PothosOutputFieldConfig<Types>,
  ): Resolver | undefined {
    return subscribe === undefined ? undefined : limit(subscribe, parentType, name);
  }
}

function limit(resolve: Resolver, parentType: string, operation: string): Resolver {
  const group = groups[operation] ?? groupsByType[parentType] ?? 'changes';
  return (root, args, ctx, info): unknown => {
    // Does not read the viewer: that would make a public subscription private.
    const { budget } = ctx as Caller;
    if (budget === null) return resolve(root, args, ctx, info);
    const eventId = findEventId(args);
    const isRepeat =
      parentType === 'Mutation'
        ? toRepeatCheck(ctx as RepeatContext, { operation, eventId, key: findKey(args) })
        : undefined;
    return budget.spend({ operation, group, eventId }, isRepeat).then(() => resolve(root, args, ctx, info)); // guard: calls-counted
  };
}

/** Returns the event that the arguments are about; null if they name none. */
function findEventId(args: object): number | null {
  const { input, ...own } = args as { readonly input?: object };
  const { eventId, bookingId, id } = { ...own, ...input } as Readonly<Record<string, unknown>>;
  for (const text of [eventId, bookingId, id]) {
    if (typeof text !== 'string') continue;
    const found = parseEventId(text) ?? parseBookingId(text)?.eventId;
    if (found !== undefined) return found;
  }
  return null;
}

function findKey(args: object): unknown {
  const { input } = args as { readonly input?: { readonly idempotencyKey?: unknown } };
  return input?.idempotencyKey;
}

SchemaBuilder.registerPlugin(rateLimits, RateLimitPlugin);

declare global {
  // oxlint-disable-next-line typescript/no-namespace -- Pothos takes the types of plugins from this namespace.
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      rateLimits: RateLimitPlugin<Types>;
    }
  }
}

type Held = HeldBooking & Pick<EndedHold, 'seats'>;

interface HeldSeatsInput {
  readonly eventId: number;
  readonly count: number;
  /** Seat indexes; absent if the server chooses. */
  readonly seats?: readonly number[];
  /** The name of the root field. */
  readonly operation: string;
  readonly idempotencyKey?: string | null | undefined;
  readonly solution?: string | null | undefined;
}

type LimitedContext = Pick<Caller, 'budget'> & RepeatContext;

/**
 * Holds seats within the limit of unconfirmed seats of the client's address and network. A call that repeats a hold that
 * succeeded needs no seats.
 *
 * @throws {RateLimitedError} before `hold` is called.
 */
export function holdWithinLimit<T extends Held>(
  ctx: LimitedContext,
  input: HeldSeatsInput,
  hold: () => Promise<T>,
): Promise<T> {
  return withinLimit(ctx, input, hold, (reservation, booking) => reservation.settle(booking));
}

/** Like `holdWithinLimit`, for a hold that gets other seats. */
export function changeWithinLimit<T extends Held>(
  ctx: LimitedContext,
  input: HeldSeatsInput,
  change: () => Promise<T>,
): Promise<T> {
  return withinLimit(ctx, input, change, (reservation, booking) => reservation.replace(booking));
}

async function withinLimit<T extends Held>(
  ctx: LimitedContext,
  input: HeldSeatsInput,
  work: () => Promise<T>,
  onSuccess: (reservation: SeatReservation, booking: T) => void,
): Promise<T> {
  const reservation = await reserveUnlessRepeated(ctx, input);
  if (ctx.budget === null || reservation === null) return work();
  let booking: T;
  try {
    booking = await work();
  } catch (error) {
    // With an unknown outcome, the seats may be held. They count until the reservation ends.
    if (!(error instanceof BusyError && error.outcomeUnknown)) reservation.giveBack();
    if (error instanceof SeatsUnavailableError) ctx.budget.noteTaken(input.eventId, error.seatIndexes); // guard: taken-noted
    throw error;
  }
  onSuccess(reservation, booking);
  ctx.budget.noteHeld(booking); // guard: held-noted
  return booking;
}

/** Returns null if rate limits are off, or the limit is reached and the call repeats one that succeeded. */
async function reserveUnlessRepeated(
  ctx: LimitedContext,
  { eventId, count, seats = [], operation, idempotencyKey, solution }: HeldSeatsInput,
): Promise<SeatReservation | null> {
  if (ctx.budget === null) return null;
  try {
    return await ctx.budget.reserveSeats({ eventId, count, seats, operation, solution });
  } catch (error) {
    const isRepeat = toRepeatCheck(ctx, { operation, eventId, key: idempotencyKey });
    // guard: repeated-hold-needs-no-seats
    if (error instanceof RateLimitedError && (await isRepeat?.()) === true) return null;
    throw error;
  }
}

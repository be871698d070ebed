import type { BookingMode, OrphanRule } from '../../generated/prisma/enums.ts';
import { InvalidInputError } from '../../platform/errors.ts';
import { InputErrors } from '../../platform/input-errors.ts';
import { minorUnitExponents } from './currencies.ts';
import { findNameFault } from '../names.ts';

const eventLimits = {
  nameLengthMax: 200,
  seatLimitMax: 100,
  holdTtlSecondsMin: 10,
  holdTtlSecondsMax: 86_400,
  holdExtensionSecondsMin: 10,
  holdExtensionSecondsMax: 86_400,
  holdLifetimeMaxSecondsMax: 172_800,
  /** In the currency's minor unit. A hundred seats at this price are still a safe integer. */
  amountMax: 1_000_000_000_000,
  yearMin: 2000,
  yearMax: 2100,
} as const;

export interface PriceTierInput {
  /** A category of the venue, by name. */
  readonly category: string;
  /** Null: the name of the category. */
  readonly name: string | null;
  /** In the currency's minor unit. */
  readonly amount: number;
}

export interface EventFields {
  readonly name: string;
  readonly startsAt: Date;
  readonly onSaleAt: Date;
  /** Time from which no seats can be held. Null, the default: `startsAt`. */
  readonly saleEndsAt?: Date | null;
  /** Time until which buyers may cancel, if `buyersMayCancel`. Null, the default: `startsAt`. */
  readonly cancelableUntil?: Date | null;
  readonly seatLimit: number;
  /** Null: the server's default. */
  readonly holdTtlSeconds: number | null;
  /** Time by which a hold can be extended, once. Null, the default: holds cannot be extended. */
  readonly holdExtensionSeconds?: number | null;
  /** Maximum lifetime of a hold. Null, the default: the sum of hold time and extension. */
  readonly holdLifetimeMaxSeconds?: number | null;
  /** Default ALLOW. */
  readonly orphanRule?: OrphanRule;
  /** Default false: only the organizer can cancel confirmed bookings. */
  readonly buyersMayCancel?: boolean;
  /** Default false. If true, others can take the seats of an expired hold only after a random delay. */
  readonly takeoverDelay?: boolean | null;
  /** Defaults to DIRECT. */
  readonly bookingMode?: BookingMode | null;
  /** An active ISO 4217 code. */
  readonly currency: string;
  readonly priceTiers: readonly PriceTierInput[];
}

/**
 * Checks everything that does not depend on the venue.
 *
 * @param nowMs the event must start after this instant; null: it may start at any time, as past examples do.
 * @throws {InvalidInputError} that lists every invalid field.
 */
export function checkEventFields(fields: EventFields, nowMs: number | null): void {
  const errors = new InputErrors();
  errors.run(() => checkName('name', fields.name));
  errors.run(() => checkStart(fields.startsAt, nowMs));
  errors.run(() => checkInstant('onSaleAt', fields.onSaleAt));
  errors.run(() => checkBefore('onSaleAt', fields.onSaleAt, 'startsAt', fields.startsAt));
  checkSaleTimes(fields, errors);
  errors.run(() => checkInteger('seatLimit', fields.seatLimit, 1, eventLimits.seatLimitMax));
  checkHoldTimes(fields, errors);
  errors.run(() => checkCurrency(fields.currency));
  for (const [index, { name, amount }] of fields.priceTiers.entries()) {
    if (name !== null) errors.run(() => checkName(`priceTiers.${index}.name`, name));
    errors.run(() => checkInteger(`priceTiers.${index}.amount`, amount, 0, eventLimits.amountMax));
  }
  errors.assertNone();
}

function checkStart(startsAt: Date, nowMs: number | null): void {
  checkInstant('startsAt', startsAt);
  // guard: start-in-future
  if (nowMs !== null && startsAt.getTime() <= nowMs)
    throw new InvalidInputError('startsAt', 'startsAt must be in the future.');
}

function checkSaleTimes(fields: EventFields, errors: InputErrors): void {
  const { startsAt, onSaleAt, saleEndsAt = null, cancelableUntil = null } = fields;
  if (saleEndsAt !== null) {
    errors.run(() => {
      checkInstant('saleEndsAt', saleEndsAt);
      if (saleEndsAt <= onSaleAt || saleEndsAt > startsAt)
        throw new InvalidInputError(
          'saleEndsAt',
          'saleEndsAt must be after onSaleAt and not after startsAt.',
        );
    });
  }
  if (cancelableUntil !== null) {
    errors.run(() => {
      checkInstant('cancelableUntil', cancelableUntil);
      if (cancelableUntil > startsAt)
        throw new InvalidInputError('cancelableUntil', 'cancelableUntil must not be after startsAt.');
    });
  }
}

function checkHoldTimes(fields: EventFields, errors: InputErrors): void {
  const { holdTtlSeconds, holdExtensionSeconds = null, holdLifetimeMaxSeconds = null } = fields;
  const limits = eventLimits;
  if (holdTtlSeconds !== null) {
    const { holdTtlSecondsMin: min, holdTtlSecondsMax: max } = limits;
    errors.run(() => checkInteger('holdTtlSeconds', holdTtlSeconds, min, max));
  }
  if (holdExtensionSeconds !== null) {
    const { holdExtensionSecondsMin: min, holdExtensionSecondsMax: max } = limits;
    errors.run(() => checkInteger('holdExtensionSeconds', holdExtensionSeconds, min, max));
  }
  if (holdLifetimeMaxSeconds !== null)
    errors.run(() => checkHoldLifetime(holdLifetimeMaxSeconds, holdTtlSeconds));
}

function checkHoldLifetime(holdLifetimeMaxSeconds: number, holdTtlSeconds: number | null): void {
  const field = 'holdLifetimeMaxSeconds';
  // The server's default may change at any restart, and would then exceed a limit that was checked against the old one.
  if (holdTtlSeconds === null) throw new InvalidInputError(field, `${field} requires holdTtlSeconds.`);
  checkInteger(field, holdLifetimeMaxSeconds, holdTtlSeconds, eventLimits.holdLifetimeMaxSecondsMax);
}

function checkCurrency(currency: string): void {
  // guard: currency-code
  if (!minorUnitExponents.has(currency)) {
    throw new InvalidInputError(
      'currency',
      'currency must be an active ISO 4217 code in capital letters, such as EUR.',
    );
  }
}

function checkName(field: string, name: string): void {
  const fault = findNameFault(name, eventLimits.nameLengthMax);
  if (fault !== null) throw new InvalidInputError(field, `${field} ${fault}`);
}

function checkInstant(field: string, instant: Date): void {
  // The year of an invalid date is NaN, which is in no range.
  const year = instant.getUTCFullYear();
  const { yearMin, yearMax } = eventLimits;
  if (!(year >= yearMin && year <= yearMax)) {
    throw new InvalidInputError(
      field,
      `${field} must be a time between the years ${yearMin} and ${yearMax}.`,
    );
  }
}

function checkBefore(field: string, instant: Date, otherField: string, other: Date): void {
  if (instant >= other) throw new InvalidInputError(field, `${field} must be before ${otherField}.`);
}

function checkInteger(field: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new InvalidInputError(field, `${field} must be an integer from ${min} to ${max}.`);
  }
}

import { getLanguage, t } from './i18n.ts';

interface Money {
  readonly amount: number;
  readonly currency: string;
}

const formats = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>();

function cached<T extends Intl.NumberFormat | Intl.DateTimeFormat>(
  key: string,
  create: (locale: string) => T,
): T {
  const locale = getLanguage() === 'de' ? 'de-DE' : 'en-GB';
  const name = `${locale} ${key}`;
  const found = formats.get(name) ?? create(locale);
  formats.set(name, found);
  return found as T;
}

/** Digits after the point. Asking a format for them takes much longer than formatting. */
const fractionDigits = new WeakMap<Intl.NumberFormat, number>();

/** Formats an amount of the minor unit, without digits after the point if they are zero. */
export function formatMoney({ amount, currency }: Money): string {
  const format = cached(
    `money ${currency}`,
    (locale) =>
      new Intl.NumberFormat(locale, { style: 'currency', currency, trailingZeroDisplay: 'stripIfInteger' }),
  );
  const digits = fractionDigits.get(format) ?? format.resolvedOptions().maximumFractionDigits ?? 2;
  fractionDigits.set(format, digits);
  return format.format(amount / 10 ** digits);
}

interface Priced {
  readonly priceTiers: readonly { readonly price: Money }[];
}

/** Formats the prices of an event, such as "€35 to €349". Returns null if it has none. */
export function formatPriceRange({ priceTiers }: Priced): string | null {
  const prices = priceTiers.map(({ price }) => price).toSorted((a, b) => a.amount - b.amount);
  const [lowest, highest] = [prices[0], prices.at(-1)];
  if (lowest === undefined || highest === undefined) return null;
  if (lowest.amount === highest.amount) return formatMoney(lowest);
  return t('priceRange', { lowest: formatMoney(lowest), highest: formatMoney(highest) });
}

export function formatCount(count: number): string {
  return cached('count', (locale) => new Intl.NumberFormat(locale)).format(count);
}

/** Formats a time in the zone of the hall, with the abbreviation of the zone. */
export function formatDateTime(time: string, timeZone: string): string {
  return cached(
    `time ${timeZone}`,
    (locale) =>
      new Intl.DateTimeFormat(locale, {
        timeZone,
        weekday: 'short',
        day: 'numeric',
        month: 'short',
        year: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
        timeZoneName: 'short',
      }),
  ).format(new Date(time));
}

/** Formats a time of today in the zone of the browser, such as "18:05". */
export function formatTime(time: string): string {
  return cached(
    'clock',
    (locale) => new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }),
  ).format(new Date(time));
}

/** Formats the parts of a date that a calendar sheet shows. */
export function formatDay(time: string, timeZone: string): { month: string; day: string; weekday: string } {
  const part = (options: Intl.DateTimeFormatOptions) =>
    cached(
      `${JSON.stringify(options)} ${timeZone}`,
      (locale) => new Intl.DateTimeFormat(locale, { ...options, timeZone }),
    ).format(new Date(time));
  return {
    month: part({ month: 'short' }),
    day: part({ day: 'numeric' }),
    weekday: part({ weekday: 'short' }),
  };
}

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3_600;

/** Formats a waiting time in its largest whole unit, such as "10 minutes". */
export function formatWait(seconds: number): string {
  const [unit, length] =
    seconds >= HOUR_SECONDS
      ? (['hour', HOUR_SECONDS] as const)
      : seconds >= MINUTE_SECONDS
        ? (['minute', MINUTE_SECONDS] as const)
        : (['second', 1] as const);
  return cached(
    `wait ${unit}`,
    (locale) => new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }),
  ).format(Math.max(1, Math.ceil(seconds / length)));
}

/** Formats a remaining time as `4:59`, `1:04:59`, or with days. */
export function formatCountdown(remainingMs: number): string {
  const seconds = Math.max(0, Math.ceil(remainingMs / 1_000));
  const two = (number: number) => String(number).padStart(2, '0');
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor(seconds / 60) % 60;
  if (hours >= 48)
    return `${formatNarrow(Math.floor(hours / 24), 'day')} ${formatNarrow(hours % 24, 'hour')}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

function formatNarrow(count: number, unit: 'day' | 'hour'): string {
  return cached(
    `narrow ${unit}`,
    (locale) => new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }),
  ).format(count);
}

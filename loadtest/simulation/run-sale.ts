import { TAKEOVER_DELAY_MS_MAX } from '../../src/booking/rules/model.ts';
import { Random } from '../../test/torture/random.ts';
import { startCyclers } from './bots/cycler.ts';
import { Operator, type Base } from './bots/operator.ts';
import { startScraperBuyers } from './bots/scraper-buyer.ts';
import { startSnipers } from './bots/sniper.ts';
import { distributedCyclers, holdCyclers, scraperBuyers, snipers, type Half } from './bots/variants.ts';
import type { BotKind } from './people/client.ts';
import { pickBuyerNetwork, startCrowd } from './people/crowd.ts';
import { jitter } from './people/draws.ts';
import type { Guard } from './sale/guard.ts';
import { Sale, type Trace } from './sale/sale.ts';
import type { SeatTimes } from './sale/seat-time.ts';

const WINDOW_MS = 30 * 60_000;
const HOLD_TTL_MS = 300_000;
const SEAT_LIMIT = 8;
const ROW_LENGTH = 26;

/** Sales of different heat. A buyer wants 2.5 seats on average. */
const demands = [
  { seatsPerBuyer: 1.05, rush: 0.65, meanRushMs: 90_000 },
  { seatsPerBuyer: 0.49, rush: 0.5, meanRushMs: 240_000 },
  { seatsPerBuyer: 2.6, rush: 0.3, meanRushMs: 600_000 },
];

/** One sale: a crowd, and one operator of every kind of bot. */
export interface SaleSetup {
  readonly half: Half;
  /** Chooses the variants of bots, the size of the hall and, with the half, all random numbers. */
  readonly number: number;
  readonly buyers: number;
  readonly seed: number;
  /** Factor of the shares of buyers who click frantically, change their mind, or do not pay. */
  readonly unrest: number;
  /** Whether the seats of expired holds come free after a random delay. */
  readonly takeoverDelay: boolean;
}

export interface SaleResult {
  readonly setup: SaleSetup;
  /** Names of the variants of bots. */
  readonly variants: Readonly<Record<BotKind, string>>;
  readonly seatsTotal: number;
  readonly traces: readonly Trace[];
  readonly seatTimes: SeatTimes;
}

/** Plays the first half hour of a sale. */
export function runSale(setup: SaleSetup, guard: Guard): SaleResult {
  const { half, number, buyers, seed, unrest, takeoverDelay } = setup;
  const random = new Random(seed + 7_919 * number + (half === 'training' ? 0 : 500_009));
  const demand = demands[number % demands.length];
  if (demand === undefined) throw new Error('there is no demand');
  const seatsTotal = Math.ceil((buyers * demand.seatsPerBuyer) / ROW_LENGTH) * ROW_LENGTH;
  const delays = new Random(seed);
  const hall = {
    seatsTotal,
    rowLength: ROW_LENGTH,
    seatLimit: SEAT_LIMIT,
    holdTtlMs: HOLD_TTL_MS,
    drawTakeoverDelayMs: takeoverDelay ? () => delays.whole(1, TAKEOVER_DELAY_MS_MAX) : null,
  };
  const sale = new Sale({ hall, guard });
  const ownUnrest = unrest * jitter(random, 1);
  startCrowd(sale, { ...demand, buyers, windowMs: WINDOW_MS, unrest: ownUnrest }, random.fork());
  const start = <T extends Base>(
    kind: BotKind,
    variants: readonly T[],
    run: (operator: Operator, bot: T) => void,
  ): string => {
    const fork = random.fork();
    const variant = variants[Math.floor(number / demands.length) % variants.length];
    if (variant === undefined) throw new Error(`no variant of ${kind}`);
    const bot = jitterNumbers(variant, fork);
    const hides = 'hides' in bot && bot.hides === true;
    const hideIn = hides ? () => pickBuyerNetwork(buyers, fork) : undefined;
    run(new Operator(sale, fork, kind, bot, hideIn), bot);
    return variant.name;
  };
  const variants = {
    'hold-cycler': start('hold-cycler', holdCyclers[half], startCyclers),
    'distributed-cycler': start('distributed-cycler', distributedCyclers[half], startCyclers),
    sniper: start('sniper', snipers[half], startSnipers),
    'scraper-buyer': start('scraper-buyer', scraperBuyers[half], startScraperBuyers),
  };
  sale.schedule.runUntil(WINDOW_MS);
  return { setup, variants, seatsTotal, ...sale.finish() };
}

/** Probabilities stay; counts stay whole numbers from 1 up, and seats within the limit. */
function jitterNumbers<T extends object>(variant: T, random: Random): T {
  const jittered = Object.entries(variant).map(([name, value]: [string, unknown]) => {
    if (typeof value !== 'number' || !Number.isFinite(value) || name === 'pays') return [name, value];
    const near = jitter(random, value);
    if (name.endsWith('Ms')) return [name, near];
    const most = name.startsWith('seats') ? SEAT_LIMIT : Infinity;
    return [name, Math.min(most, Math.max(1, Math.round(near)))];
  });
  return Object.fromEntries(jittered) as T;
}

import type { SeatStore } from '../../seats/seat-store.ts';
import type { TextKey } from '../../text/catalog.ts';
import { formatCount, formatMoney } from '../../text/format.ts';
import { getLanguage, t } from '../../text/i18n.ts';
import type { SeatMapTexts, SeatSet } from '../contract.ts';

const statusTexts = {
  AVAILABLE: 'free',
  HELD: 'legendHeld',
  BOOKED: 'legendBooked',
  BLOCKED: 'legendBlocked',
} as const;

/** Returns what a seat is for the buyer. */
export function getStateText(store: SeatStore, selection: SeatSet, mine: SeatSet, index: number): TextKey {
  if (mine.get().has(index)) return 'yours';
  return selection.get().has(index) ? 'legendSelected' : statusTexts[store.statusOf(index)];
}

export function createTexts(store: SeatStore, selection: SeatSet, mine: SeatSet): SeatMapTexts {
  const { layout } = store;
  return {
    get language() {
      return getLanguage();
    },
    describeSeat(index) {
      const tier = layout.tiers[layout.tier[index] ?? 0];
      return t('seatButton', {
        label: store.labelOf(index),
        tier: tier?.name ?? '',
        price: tier === undefined ? '' : formatMoney(tier),
        state: t(getStateText(store, selection, mine, index)),
      });
    },
    describeSection: (section, free, amountMin) => [
      layout.sections[section] ?? '',
      ...describeCounts(store, section, free, amountMin),
    ],
  };
}

/** Returns the free seats of a section that match the filter, and the lowest price of them. */
export function describeCounts(
  store: SeatStore,
  section: number,
  free: number,
  amountMin: number | null,
): string[] {
  if (amountMin === null) return [t(store.hasFree(section) ? 'noneMatches' : 'stateSoldOut')];
  const currency = store.layout.tiers[0]?.currency ?? 'EUR';
  return [
    t('freeShort', { shown: formatCount(free) }),
    t('from', { price: formatMoney({ amount: amountMin, currency }) }),
  ];
}

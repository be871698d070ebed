import { useId, type ReactNode } from 'react';
import type { SeatFilter } from '../map/contract.ts';
import { chooseBestTier, isAffordable } from '../seats/hall.ts';
import type { FreeCounts } from '../seats/free-counts.ts';
import type { SeatStore } from '../seats/seat-store.ts';
import { getTierColors } from '../seats/tier-colors.ts';
import { formatCount, formatMoney } from '../text/format.ts';
import { t } from '../text/i18n.ts';

interface Props {
  readonly store: SeatStore;
  readonly free: FreeCounts;
  readonly filter: SeatFilter;
  /** Seats that a buyer can have. */
  readonly seatLimit: number;
  /** Seats that the buyer can still have. */
  readonly limit: number;
  readonly isBusy: boolean;
  readonly isSoldOut: boolean;
  readonly onFilter: (filter: SeatFilter) => void;
  readonly onBest: (quantity: number, priceTier: string | null) => void;
  /** Stands beside the wishes, or above them on a phone. */
  readonly children: ReactNode;
}

/** What the buyer looks for: how many seats side by side, at which price. The server can hold the best of them. */
export function Filters(props: Props) {
  const { store, filter, seatLimit, onFilter, children } = props;
  const amounts = [...new Set(store.layout.tiers.map(({ amount }) => amount))].toSorted((a, b) => a - b);
  return (
    <div className="filters">
      <div className="wishes">
        <Together {...{ seatLimit, filter, onFilter }} />
        {amounts.length > 1 && <PriceMax {...props} amounts={amounts} />}
        <BestSeats {...props} />
        {children}
      </div>
      {amounts.length > 1 && <Tiers {...props} />}
    </div>
  );
}

const TOGETHER_MAX = 8;

/** The choice stays the same after a hold, so that nothing moves. */
function Together({ seatLimit, filter, onFilter }: Pick<Props, 'filter' | 'seatLimit' | 'onFilter'>) {
  const name = useId();
  const counts = Array.from(
    { length: Math.max(1, Math.min(seatLimit, TOGETHER_MAX)) },
    (_, index) => index + 1,
  );
  return (
    <fieldset className="together">
      <legend>{t('together')}</legend>
      {counts.map((option) => (
        <label key={option}>
          <input
            type="radio"
            name={name}
            checked={option === filter.together}
            onChange={() => onFilter({ ...filter, together: option })}
          />
          <span>{option}</span>
        </label>
      ))}
    </fieldset>
  );
}

function PriceMax({ store, filter, amounts, onFilter }: Props & { readonly amounts: readonly number[] }) {
  const currency = store.layout.tiers[0]?.currency ?? 'EUR';
  return (
    <label className="price-max">
      <span>{t('priceMax')}</span>
      <select
        value={filter.amountMax ?? ''}
        onChange={({ target: { value } }) =>
          onFilter({ ...filter, amountMax: value === '' ? null : Number(value) })
        }
      >
        <option value="">{t('anyPrice')}</option>
        {amounts.slice(0, -1).map((amount) => (
          <option key={amount} value={amount}>
            {t('upTo', { price: formatMoney({ amount, currency }) })}
          </option>
        ))}
      </select>
    </label>
  );
}

function BestSeats({ store, free, filter, limit, isBusy, isSoldOut, onBest }: Props) {
  const count = Math.max(1, Math.min(filter.together, limit));
  const tier = chooseBestTier(store.layout, free.byTier, filter);
  const name = tier === null ? null : (store.layout.tiers[tier]?.name ?? null);
  return (
    <button
      type="button"
      className="best-button"
      disabled={isBusy || isSoldOut || limit <= 0}
      onClick={() => onBest(count, name)}
    >
      {name === null ? t('holdBest', { count }) : t('holdBestOf', { count, tier: name })}
    </button>
  );
}

function Tiers({ store, free, filter, onFilter }: Props) {
  const { tiers } = store.layout;
  const colors = getTierColors(tiers);
  const toggle = (tier: number) => {
    const next = new Set(filter.tiers);
    if (!next.delete(tier)) next.add(tier);
    onFilter({ ...filter, tiers: next.size === 0 || next.size === tiers.length ? null : next });
  };
  const order = tiers
    .map((_, tier) => tier)
    .sort((a, b) => (tiers[b]?.amount ?? 0) - (tiers[a]?.amount ?? 0));
  return (
    <div className="tiers" role="group" aria-label={t('priceTiers')}>
      {order.map((tier) => (
        <button
          key={tier}
          type="button"
          className={isAffordable(store.layout, filter, tier) ? 'tier' : 'tier excluded'}
          aria-pressed={filter.tiers?.has(tier) ?? false}
          onClick={() => toggle(tier)}
        >
          <span className="dot" aria-hidden="true" data-color={colors[tier]} />
          <span>
            <bdi>{tiers[tier]?.name}</bdi>
          </span>
          <b>{formatMoney(tiers[tier] ?? { amount: 0, currency: 'EUR' })}</b>
          <span className="soft">{t('freeShort', { shown: formatCount(free.byTier[tier] ?? 0) })}</span>
        </button>
      ))}
    </div>
  );
}

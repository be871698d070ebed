import type { SeatFilter } from '../map/contract.ts';
import type { SeatStore, SeatSummary } from '../seats/seat-store.ts';
import { formatCount, formatMoney } from '../text/format.ts';
import { t } from '../text/i18n.ts';
import { getTierColors } from '../seats/tier-colors.ts';

interface Props {
  readonly store: SeatStore;
  readonly summary: SeatSummary;
  readonly filter: SeatFilter;
  readonly onFilter: (filter: SeatFilter) => void;
}

const TOGETHER_MAX = 8;

export function Filters({ store, summary, filter, onFilter }: Props) {
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
    <div className="filters">
      <div className="tiers" role="group" aria-label={t('priceTiers')}>
        {order.map((tier) => (
          <button
            key={tier}
            type="button"
            className="tier"
            aria-pressed={filter.tiers?.has(tier) ?? false}
            onClick={() => toggle(tier)}
          >
            <span className="dot" aria-hidden="true" data-color={colors[tier]} />
            <span>
              <bdi>{tiers[tier]?.name}</bdi>
            </span>
            <b>{formatMoney(tiers[tier] ?? { amount: 0, currency: 'EUR' })}</b>
            <span className="soft">{t('freeShort', { shown: formatCount(summary.byTier[tier] ?? 0) })}</span>
          </button>
        ))}
      </div>
      <label className="together">
        <span>{t('together')}</span>
        <select
          value={filter.together}
          onChange={({ target }) => onFilter({ ...filter, together: Number(target.value) })}
        >
          {Array.from({ length: TOGETHER_MAX }, (_, index) => (
            <option key={index} value={index + 1}>
              {index + 1}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

import { useId, useState } from 'react';
import type { SeatStore } from '../seats/seat-store.ts';
import { formatMoney } from '../text/format.ts';
import { t } from '../text/i18n.ts';

interface Props {
  readonly store: SeatStore;
  readonly limit: number;
  readonly isDisabled: boolean;
  readonly onBest: (quantity: number, priceTier: string | null) => void;
}

const USUAL = 2;

/** Holds the best available seats without choosing them. */
export function BestSeats({ store, limit, isDisabled, onBest }: Props) {
  const id = useId();
  const [quantity, setQuantity] = useState(Math.min(USUAL, limit));
  const [tier, setTier] = useState('');
  const count = Math.min(quantity, limit);
  return (
    <div className="best" role="group" aria-labelledby={`${id}-title`}>
      <h3 id={`${id}-title`}>{t('bestTitle')}</h3>
      <div className="best-fields">
        <label>
          <span>{t('bestCount')}</span>
          <select value={count} onChange={({ target }) => setQuantity(Number(target.value))}>
            {Array.from({ length: limit }, (_, index) => (
              <option key={index} value={index + 1}>
                {index + 1}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>{t('bestTier')}</span>
          <select value={tier} onChange={({ target }) => setTier(target.value)}>
            <option value="">{t('anyTier')}</option>
            {store.layout.tiers.map((option) => (
              <option key={option.name} value={option.name}>
                {option.name} – {formatMoney(option)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <button
        type="button"
        className="primary wide"
        disabled={isDisabled}
        onClick={() => onBest(count, tier === '' ? null : tier)}
      >
        {t('holdBest', { count })}
      </button>
    </div>
  );
}

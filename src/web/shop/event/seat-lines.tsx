import type { SeatLineFragment } from '../api/operations/fragments.ts';
import { formatMoney } from '../text/format.ts';
import { t } from '../text/i18n.ts';
import { getSeatLabel } from '../text/seat-label.ts';

interface Props {
  readonly seats: readonly SeatLineFragment[];
  /** Adds a button to each seat that takes it out of the selection. */
  readonly onRemove?: (index: number) => void;
}

export function SeatLines({ seats, onRemove }: Props) {
  return (
    <ul className="seat-lines">
      {seats.map((seat) => (
        <li key={seat.id}>
          <span>
            <bdi>{getSeatLabel(seat)}</bdi>
            <span className="soft">
              <bdi>{seat.priceTier.name}</bdi>
            </span>
          </span>
          <b>{formatMoney(seat.priceTier.price)}</b>
          {onRemove !== undefined && (
            <button
              type="button"
              className="quiet icon"
              aria-label={t('removeSeat', { label: getSeatLabel(seat) })}
              onClick={() => onRemove(seat.index)}
            >
              ×
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

import type { EventDetails } from './load-event.ts';
import { useServerTime } from '../parts/use-server-time.ts';
import { formatCountdown, formatDateTime, formatPriceRange } from '../text/format.ts';
import { t } from '../text/i18n.ts';

/** Counts down to the start of the sale. The page replaces it by the seats. */
export function SaleCountdown({ event }: { readonly event: EventDetails }) {
  const now = useServerTime();
  const range = formatPriceRange(event);
  return (
    <section className="card waiting" aria-label={t('saleStartsIn')}>
      <h2>{t('saleFrom', { time: formatDateTime(event.onSaleAt, event.venue.timeZone) })}</h2>
      <p className="big-count" role="timer" aria-label={t('saleStartsIn')}>
        {formatCountdown(Date.parse(event.onSaleAt) - now)}
      </p>
      <p className="soft">{t('opensByItself')}</p>
      {range !== null && <p>{t('pricesOf', { range })}</p>}
    </section>
  );
}

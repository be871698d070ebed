import { useServerTime } from '../parts/use-server-time.ts';
import type { SeatSummary } from '../seats/seat-store.ts';
import { formatCount, formatCountdown } from '../text/format.ts';
import { t } from '../text/i18n.ts';

/** Tells how many seats are free, and how old this is if the connection is lost. */
export function LiveState({ summary }: { readonly summary: SeatSummary }) {
  const { available, staleSince } = summary;
  return (
    <p className="live-state" data-free={available} data-state={summary.state}>
      <b>{t('seatsFree', { count: available, shown: formatCount(available) })}</b>
      {staleSince === null ? <span className="live">{t('live')}</span> : <Stale since={staleSince} />}
    </p>
  );
}

function Stale({ since }: { readonly since: number }) {
  useServerTime();
  return <span className="stale">{t('stale', { age: formatCountdown(Date.now() - since) })}</span>;
}

import { useServerTime } from '../parts/use-server-time.ts';
import type { SeatSummary } from '../seats/seat-store.ts';
import { formatCount, formatCountdown } from '../text/format.ts';
import { t } from '../text/i18n.ts';

/** Tells how many seats are free, and how old this is if the connection is lost. */
export function LiveState({ summary }: { readonly summary: SeatSummary }) {
  const { available, staleSince } = summary;
  return (
    <p className="live-state" data-free={available} data-state={summary.state}>
      <b>
        {available === 0
          ? t('stateSoldOut')
          : t('seatsFree', { count: available, shown: formatCount(available) })}
      </b>
      {staleSince === null ? <Live /> : <Stale since={staleSince} />}
    </p>
  );
}

function Live() {
  return <span className="live">{t('live')}</span>;
}

/** Time in which a lost connection usually comes back: the page reconnects by itself, and when a guest session starts. */
const GRACE_MS = 3_000;

function Stale({ since }: { readonly since: number }) {
  useServerTime();
  if (Date.now() - since < GRACE_MS) return <Live />;
  return <span className="stale">{t('stale', { age: formatCountdown(Date.now() - since) })}</span>;
}

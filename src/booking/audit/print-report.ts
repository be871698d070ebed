import type { AuditReport } from './audit.ts';
import type { Breach, Finding } from './invariant.ts';

const TITLE_WIDTH = 48;

/** Formats a report for the terminal: one line for each invariant, followed by its breaches. */
export function printReport({ findings, breaches, tookMs }: AuditReport): string {
  const lines = findings.flatMap((finding) => [
    formatFinding(finding),
    ...finding.breaches.map((breach) => `        ${formatBreach(breach)}`),
    ...formatRest(finding),
  ]);
  const verdict =
    breaches === 0 ? 'No breach found' : `${breaches} BREACH${breaches === 1 ? '' : 'ES'} FOUND`;
  return [...lines, '', `  ${verdict}, in ${(tookMs / 1000).toFixed(1)} s.`].join('\n');
}

function formatFinding({ id, title, count, unchecked }: Finding): string {
  const dots = '.'.repeat(Math.max(2, TITLE_WIDTH - title.length));
  const found = [count ?? [], unchecked === null ? [] : `not checked: ${unchecked}`].flat().join(', ');
  return `  ${id.padEnd(4)} ${title} ${dots} ${found}`;
}

function formatBreach({ eventId, seatIndex, bookingId, fault }: Breach): string {
  const where = [
    eventId === null ? [] : `event ${eventId}`,
    seatIndex === null ? [] : `seat ${seatIndex}`,
    bookingId === null ? [] : `booking ${bookingId}`,
  ].flat();
  return where.length === 0 ? fault : `${where.join(', ')}: ${fault}`;
}

function formatRest({ count, breaches }: Finding): string[] {
  const more = (count ?? 0) - breaches.length;
  return more > 0 ? [`        and ${more} more`] : [];
}

import type { AuditReport } from './audit.ts';
import type { Breach, Finding } from './invariant.ts';

const TITLE_WIDTH = 48;

/** For the operator at a terminal: a line for each invariant, and under it what breaks it. */
export function printReport({ findings, breaches, tookMs }: AuditReport): string {
  const lines = findings.flatMap((finding) => [
    lineOf(finding),
    ...finding.breaches.map((breach) => `        ${textOf(breach)}`),
    ...leftOut(finding),
  ]);
  const verdict =
    breaches === 0 ? 'No breach found' : `${breaches} BREACH${breaches === 1 ? '' : 'ES'} FOUND`;
  return [...lines, '', `  ${verdict}, in ${(tookMs / 1000).toFixed(1)} s.`].join('\n');
}

function lineOf({ id, title, count, unchecked }: Finding): string {
  const dots = '.'.repeat(Math.max(2, TITLE_WIDTH - title.length));
  const found = [count ?? [], unchecked === null ? [] : `not checked: ${unchecked}`].flat().join(', ');
  return `  ${id.padEnd(4)} ${title} ${dots} ${found}`;
}

function textOf({ eventId, seatIndex, bookingId, fault }: Breach): string {
  const where = [
    eventId === null ? [] : `event ${eventId}`,
    seatIndex === null ? [] : `seat ${seatIndex}`,
    bookingId === null ? [] : `booking ${bookingId}`,
  ].flat();
  return where.length === 0 ? fault : `${where.join(', ')}: ${fault}`;
}

function leftOut({ count, breaches }: Finding): string[] {
  const more = (count ?? 0) - breaches.length;
  return more > 0 ? [`        and ${more} more`] : [];
}

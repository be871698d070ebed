import { audit, type AuditContext, type AuditReport } from '../booking/audit/audit.ts';
import type { Logger } from '../platform/observability/logger.ts';
import { metrics } from '../platform/observability/metrics.ts';

/** Runs an audit, sets its metrics, and logs each breach. */
export async function auditAndReport(ctx: AuditContext, logger: Logger): Promise<AuditReport> {
  const report = await audit(ctx);
  metrics.auditSeconds.set(report.tookMs / 1000);
  metrics.auditFinished.setToCurrentTime();
  for (const { id, title, count, breaches, unchecked } of report.findings) {
    if (unchecked !== null) logger.warn({ invariant: id, title, unchecked }, 'failed to check an invariant');
    if (count === null) metrics.invariantBreaches.remove({ invariant: id });
    else metrics.invariantBreaches.set({ invariant: id }, count);
    if (breaches.length > 0) logger.error({ invariant: id, title, count, breaches }, 'INVARIANT BROKEN');
  }
  return report;
}

import type { PrismaClient } from '../../platform/database/db.ts';
import type { Watermarks } from '../../messaging/publisher.ts';
import { auditCachedMaps, type CachedMaps } from './maps/cached-maps.ts';
import type { LiveMapReports } from '../../seating/live/live-map-reports.ts';
import { BREACHES_SHOWN_MAX, findBreaches, prepareAudit } from './find-breaches.sql.ts';
import type { AuditLimits, Finding, Invariant } from './invariant.ts';
import { databaseInvariants } from './invariants.ts';
import { auditLiveMaps } from './maps/live-maps.ts';
import { auditWatermarks } from './maps/watermarks.ts';

export interface AuditContext {
  readonly db: PrismaClient;
  /** Null if no Redis is configured. */
  readonly watermarks: Watermarks | null;
  /** Null or absent if no Redis is configured. */
  readonly cachedMaps?: CachedMaps | null;
  /** Null or absent if no Redis is configured. */
  readonly liveMaps?: LiveMapReports | null;
  /** True if a worker should be running. Without one, overdue holds remain, which is no breach. */
  readonly swept: boolean;
  readonly limits: AuditLimits;
  /** Aborts the audit after the current statement: `audit` then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface AuditReport {
  /** One finding for each invariant that data can show, in their order. */
  readonly findings: readonly Finding[];
  readonly breaches: number;
  readonly tookMs: number;
}

export const auditLimits = { overdueMaxMs: 15_000, openTransactionMaxMs: 30_000 } as const;

const AUDIT_DEADLINE_MS = 600_000;

/**
 * Checks all invariants that data can show. Can run on a live system: it reads the database in one snapshot (REPEATABLE
 * READ, read only), so that concurrent bookings cause no false alarm, and takes no lock that blocks others. It reads whole
 * tables, and meanwhile keeps VACUUM from removing dead rows.
 *
 * @throws if the database fails, or the audit takes longer than ten minutes.
 */
export async function audit(ctx: AuditContext): Promise<AuditReport> {
  const startedAt = performance.now();
  const findings = await ctx.db.$transaction(
    async (tx) => {
      await prepareAudit(tx, AUDIT_DEADLINE_MS);
      const found: Finding[] = [];
      for (const invariant of databaseInvariants) {
        ctx.signal?.throwIfAborted();
        found.push(
          invariant.id === 'I3' && !ctx.swept
            ? skipUnswept(invariant)
            : await findBreaches(tx, invariant, ctx.limits),
        );
      }
      return found;
    },
    { isolationLevel: 'RepeatableRead', timeout: AUDIT_DEADLINE_MS + 1_000 },
  );
  const cached = await auditCachedMaps(ctx.db, ctx.cachedMaps ?? null, ctx.signal);
  const live = await auditLiveMaps(ctx.db, ctx.liveMaps ?? null, ctx.signal);
  const checked = findings.map((finding) =>
    finding.id === 'I10' ? merge(merge(finding, 'cached', cached), 'live', live) : finding,
  );
  checked.push(await auditWatermarks(ctx.db, ctx.watermarks, ctx.signal));
  ctx.signal?.throwIfAborted();
  checked.sort((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)));
  return {
    findings: checked,
    breaches: checked.reduce((sum, { count }) => sum + (count ?? 0), 0),
    tookMs: performance.now() - startedAt,
  };
}

type Part = Pick<Finding, 'count' | 'breaches' | 'unchecked'>;

/** I10 has one part in the database and two in Redis. Each counts even if another could not be checked. */
function merge(finding: Finding, maps: 'cached' | 'live', part: Part): Finding {
  const unchecked = part.unchecked === null ? [] : [`${maps} maps: ${part.unchecked}`];
  return {
    ...finding,
    count: (finding.count ?? 0) + (part.count ?? 0),
    breaches: [...finding.breaches, ...part.breaches].slice(0, BREACHES_SHOWN_MAX),
    unchecked: [...(finding.unchecked === null ? [] : [finding.unchecked]), ...unchecked].join('; ') || null,
  };
}

function skipUnswept({ id, title }: Invariant): Finding {
  return { id, title, count: null, breaches: [], unchecked: 'no worker is meant to sweep holds' };
}

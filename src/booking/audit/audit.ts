import type { PrismaClient } from '../../platform/database/db.ts';
import type { Watermarks } from '../../messaging/watermarks.ts';
import { auditCachedMaps, type CachedMaps } from './maps/cached-maps.ts';
import type { LiveMapReports } from '../../seating/live/live-map-reports.ts';
import { BREACHES_SHOWN_MAX, findBreaches, prepareAudit } from './find-breaches.sql.ts';
import type { AuditLimits, Finding, Invariant } from './invariant.ts';
import { databaseInvariants } from './invariants.ts';
import { auditLiveMaps } from './maps/live-maps.ts';
import { auditWatermarks } from './maps/watermarks.ts';

export interface AuditContext {
  readonly db: PrismaClient;
  /** Null: there is no Redis to ask. */
  readonly watermarks: Watermarks | null;
  /** Null, or left out: there is no Redis to ask. */
  readonly cachedMaps?: CachedMaps | null;
  /** Null, or left out: there is no Redis to ask. */
  readonly liveMaps?: LiveMapReports | null;
  /** Whether a worker is meant to be running. Without one, overdue holds stand, and may. */
  readonly swept: boolean;
  readonly limits: AuditLimits;
  /** Gives the audit up after the statement that is under way: `audit` then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface AuditReport {
  /** One for each invariant that data can show, in their order. */
  readonly findings: readonly Finding[];
  readonly breaches: number;
  readonly tookMs: number;
}

export const auditLimits = { overdueMaxMs: 15_000, openTransactionMaxMs: 30_000 } as const;

const AUDIT_DEADLINE_MS = 600_000;

/**
 * Checks what data can show of the invariants. On a live system: everything in the database is read in one snapshot
 * (REPEATABLE READ, read only), so bookings that go on meanwhile make no false alarm; it takes no lock that anybody
 * waits for. It reads whole tables, and keeps VACUUM from cleaning up behind updates for as long as it takes.
 *
 * @throws what the database throws, and when it takes longer than ten minutes.
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
            ? unswept(invariant)
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
    finding.id === 'I10' ? together(together(finding, 'cached', cached), 'live', live) : finding,
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

/** I10 has a part in the database and parts in Redis; what is known of one part counts without the others. */
function together(finding: Finding, maps: 'cached' | 'live', part: Part): Finding {
  const unchecked = part.unchecked === null ? [] : [`${maps} maps: ${part.unchecked}`];
  return {
    ...finding,
    count: (finding.count ?? 0) + (part.count ?? 0),
    breaches: [...finding.breaches, ...part.breaches].slice(0, BREACHES_SHOWN_MAX),
    unchecked: [...(finding.unchecked === null ? [] : [finding.unchecked]), ...unchecked].join('; ') || null,
  };
}

function unswept({ id, title }: Invariant): Finding {
  return { id, title, count: null, breaches: [], unchecked: 'no worker is meant to be running' };
}

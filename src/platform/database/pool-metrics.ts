import type pg from 'pg';
import { metrics } from '../observability/metrics.ts';
import { onScrape } from '../observability/metrics/registry.ts';

const pools = new Map<pg.Pool, string>();

/** Includes a pool in the metrics until it ends. Pools of one name are added up. */
export function measurePool(name: string, pool: pg.Pool): void {
  pools.set(pool, name);
}

onScrape(() => {
  const { poolConnections, poolConnectionsMax, poolWaiting } = metrics;
  for (const gauge of [poolConnections, poolConnectionsMax, poolWaiting]) gauge.reset();
  for (const [pool, name] of pools) {
    if (pool.ending) {
      pools.delete(pool);
      continue;
    }
    poolConnections.inc({ pool: name, state: 'busy' }, pool.totalCount - pool.idleCount);
    poolConnections.inc({ pool: name, state: 'idle' }, pool.idleCount);
    poolConnectionsMax.inc({ pool: name }, pool.options.max);
    poolWaiting.inc({ pool: name }, pool.waitingCount);
  }
});

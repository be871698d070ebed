import type { Config } from '../platform/config/config.ts';
import type { DatabaseClock } from '../platform/database/clock.ts';
import type { Database } from '../platform/database/db.ts';
import type { Logger } from '../platform/observability/logger.ts';
import { ServiceMonitor, type ServiceLimits } from '../platform/service/service-monitor.ts';

type ServiceConfig = Pick<Config, 'roles' | 'service'>;

/** Creates the monitor that switches the writes of a process off and on. */
export function createServiceMonitor(
  { roles, service }: ServiceConfig,
  database: Database,
  clock: Pick<DatabaseClock, 'nowMs'>,
  logger: Logger,
  limits?: Partial<ServiceLimits>,
): ServiceMonitor {
  const { reads, batches } = database;
  // Without mutations, the pool of batches has no connections.
  const probes = roles.has('http') ? batches : reads;
  return new ServiceMonitor({ reads, probes, ...service, nowMs: () => clock.nowMs(), limits, logger });
}

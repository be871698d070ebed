import { startMetricsServer, type MetricsServer } from '../http/metrics-server.ts';
import type { Config } from '../platform/config/config.ts';
import type { DatabaseState } from '../platform/database/database-check.ts';
import { awaitListening } from '../platform/listen.ts';
import type { Logger } from '../platform/observability/logger.ts';

/**
 * Serves the metrics of this process on their own port. Returns null if METRICS_PORT is not set.
 *
 * @throws {StartupError} if the port is not available.
 */
export async function serveMetrics(
  { metrics: { port, host } }: Config,
  logger: Logger,
  databaseState?: () => Promise<DatabaseState>,
): Promise<MetricsServer | null> {
  if (port === null) return null; // guard: metrics-off-by-default
  const server = startMetricsServer({ port, host, logger, ...(databaseState && { databaseState }) });
  return awaitListening(server, { variable: 'METRICS_PORT', port, host });
}

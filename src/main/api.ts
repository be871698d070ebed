import { graphqlPlugins } from '../graphql/engine/plugins.ts';
import type { EngineOptions } from '../graphql/engine/engine.ts';
import { maskError } from '../graphql/engine/errors/mask-error.ts';
import type { Services, SharedContext } from '../graphql/context.ts';
import { schema } from '../graphql/schema/schema.ts';
import type { Config } from '../platform/config/config.ts';
import { checkDatabase } from '../platform/database/database-check.ts';
import { checkReplicas } from '../platform/database/replicas/replica-check.ts';
import { checkRedisMode } from '../platform/redis/check-redis.ts';
import { awaitListening } from '../platform/listen.ts';
import { createContext, type AppContext, type ContextOverrides } from './context.ts';
import { startHttpServer, type RunningServer } from './http-server.ts';
import { runProcess } from './run-process.ts';
import { serveMetrics } from './serve-metrics.ts';
import { warmUp } from './warm-up.ts';

export interface RunningApi {
  readonly url: string;
  readonly port: number;
  /** The port of the metrics server, if METRICS_PORT is set. */
  readonly metricsPort: number | undefined;
  stop(): Promise<void>;
}

/**
 * Starts the API: GraphQL over HTTP, WebSocket and server-sent events. Any number of API processes can run at once.
 *
 * @throws {StartupError} if this version does not work with the database, or a port is not available.
 */
export async function startApi(config: Config, overrides?: ContextOverrides): Promise<RunningApi> {
  await checkDatabase(config.databaseUrl, config.databasePoolUrls); // guard: api-database-check
  await checkReplicas(config); // guard: api-replica-check
  await checkRedisMode(config.redis); // guard: api-redis-check
  const context = await createContext(config, overrides);
  try {
    const { port, host } = config;
    const metricsServer = await serveMetrics(config, context.logger);
    const listening = awaitListening(serveApi(context), { variable: 'PORT', port, host });
    const server = await listening.catch(async (error: unknown) => {
      await metricsServer?.stop();
      throw error;
    });
    const url = `http://localhost:${server.port}`;
    context.logger.info({ url, metricsPort: metricsServer?.port }, 'API listening');
    return {
      url,
      port: server.port,
      metricsPort: metricsServer?.port,
      async stop() {
        await server.stop();
        await metricsServer?.stop();
        await context.close();
      },
    };
  } catch (error) {
    await context.close();
    throw error;
  }
}

/** Starts only the server, on a context that the caller closes. */
export async function serveApi(context: AppContext): Promise<RunningServer> {
  const options = createEngineOptions(context);
  await warmUp(options);
  return startHttpServer(context, options);
}

function createEngineOptions(context: AppContext): EngineOptions {
  const { config, logger, seatDetails, identity } = context;
  return {
    schema,
    plugins: graphqlPlugins(config),
    logger,
    maskError: (error, requestId) => maskError(error, { logger, requestId }),
    services: context satisfies Services,
    sharedContext: { seatDetails } satisfies SharedContext,
    onRevoked: (viewer, then) => identity.onRevoked(viewer, then),
  };
}

if (import.meta.main) await runProcess((config) => startApi(config));

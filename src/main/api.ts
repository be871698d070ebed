import { maskError } from '../graphql/engine/mask-error.ts';
import { graphqlPlugins } from '../graphql/engine/plugins.ts';
import { schema } from '../graphql/schema/schema.ts';
import type { GraphQLContext, Services, SharedContext } from '../graphql/schema/context.ts';
import type { ExampleIds } from '../http/routes/graphiql/examples.ts';
import { readExampleSeats } from '../http/routes/home/events-on-sale.sql.ts';
import { startHttpServer, type HttpContext, type RunningServer } from './http-server.ts';
import type { Config } from '../platform/config/config.ts';
import { checkDatabase } from '../platform/database/database-check.ts';
import { encodeEventId, encodeSeatId } from '../platform/ids.ts';
import { startMetricsServer } from '../http/metrics-server.ts';
import { awaitListening } from '../platform/listen.ts';
import { createContext, type AppContext, type ContextOverrides } from './context.ts';
import { runProcess } from './run-process.ts';
import { warmUp } from './warm-up.ts';

export interface RunningApi {
  readonly url: string;
  readonly port: number;
  /** Where METRICS_PORT is served, if anywhere. */
  readonly metricsPort: number | undefined;
  stop(): Promise<void>;
}

/**
 * The product's API: GraphQL over HTTP, WebSocket and server-sent events. Any number of them may run at once.
 *
 * @throws {StartupError} for a database that this version can't work with, or a port that can't be had.
 */
export async function startApi(config: Config, overrides?: ContextOverrides): Promise<RunningApi> {
  await checkDatabase(config.databaseUrl); // guard: api-database-check
  const context = await createContext(config, overrides);
  try {
    const { port, host } = config;
    const metricsServer = await serveMetrics(context);
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

/** The server alone, on a context whose maker closes it. */
export async function serveApi(context: AppContext): Promise<RunningServer> {
  const http = httpContext(context);
  await warmUp(http.engineOptions);
  return startHttpServer(http);
}

async function serveMetrics({ config: { metricsPort: port, host }, logger }: AppContext) {
  if (port === null) return null;
  const server = startMetricsServer({ port, host, logger });
  return awaitListening(server, { variable: 'METRICS_PORT', port, host });
}

function httpContext(context: AppContext): HttpContext {
  const { config, logger, database, redis, identity, eventLayouts } = context;
  const { clock, venueLayouts, feeds, bookingUpdates, seatMaps, publicVersions, groupCommit, bestAvailable } =
    context;
  const { followedSeats, defaultHoldTtlMs } = context;
  const services: Services = {
    database,
    clock,
    identity,
    venueLayouts,
    eventLayouts,
    feeds,
    followedSeats,
    bookingUpdates,
    seatMaps,
    publicVersions,
    groupCommit,
    bestAvailable,
    defaultHoldTtlMs,
    logger,
  };
  return {
    config,
    logger,
    db: database.reads,
    redis,
    identity,
    eventLayouts,
    seatMaps,
    feeds,
    publicVersions,
    engineOptions: {
      schema,
      plugins: graphqlPlugins(config),
      logger,
      maskError: (error, requestId) => maskError(error, { logger, requestId }),
      createContext: (caller): GraphQLContext => ({ ...services, ...caller }),
      sharedContext: { followedSeats } satisfies SharedContext,
    },
    exampleIds: () => exampleIds(context),
  };
}

async function exampleIds({ database }: AppContext): Promise<ExampleIds | null> {
  const found = await readExampleSeats(database.reads);
  if (found === null) return null;
  const { eventId, seatIndexes } = found;
  return {
    eventId: encodeEventId(eventId),
    seatIds: seatIndexes.map((index) => encodeSeatId(eventId, index)),
  };
}

if (import.meta.main) await runProcess((config) => startApi(config));

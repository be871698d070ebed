import { maskError } from '../graphql/mask-error.ts';
import { graphqlPlugins } from '../graphql/plugins.ts';
import { schema } from '../graphql/schema.ts';
import type { GraphQLContext, Services } from '../graphql/context.ts';
import type { ExampleIds } from '../http/graphiql/examples.ts';
import { readExampleSeats } from '../http/pages/events-on-sale.sql.ts';
import { scrapeHttpMetrics } from '../http/metrics-route.ts';
import { startHttpServer, type HttpContext, type RunningServer } from '../http/server.ts';
import { loadConfig, type Config } from '../platform/config.ts';
import { eventIdOf, seatIdOf } from '../platform/ids.ts';
import { startMetricsServer } from '../workers/metrics-server.ts';
import { createContext, type AppContext, type ContextOverrides } from './context.ts';
import { runUntilSignal } from './run-until-signal.ts';
import { warmUp } from './warm-up.ts';

export interface RunningApi {
  readonly url: string;
  readonly port: number;
  /** Where METRICS_PORT is served, if anywhere. */
  readonly metricsPort: number | undefined;
  stop(): Promise<void>;
}

/** The product's API: GraphQL over HTTP, WebSocket and server-sent events. Any number of them may run at once. */
export async function startApi(config: Config, overrides?: ContextOverrides): Promise<RunningApi> {
  const context = await createContext(config, overrides);
  try {
    const metricsServer = await serveMetrics(context);
    const server = await serveApi(context).catch(async (error: unknown) => {
      await metricsServer?.stop();
      throw error;
    });
    const url = `http://localhost:${server.port}`;
    context.logger.info({ url, metricsPort: metricsServer?.port }, 'the API takes connections');
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
  await warmUp(http.edge, context.logger);
  return startHttpServer(http);
}

function serveMetrics({ config: { metricsPort, host }, logger }: AppContext) {
  return metricsPort === null ? null : startMetricsServer(metricsPort, host, logger, scrapeHttpMetrics);
}

function httpContext(context: AppContext): HttpContext {
  const { config, logger, database, redis, identity, eventLayouts } = context;
  const { clock, venueLayouts, feeds, bookingUpdates, seatMaps, publicVersions, groupCommit, bestAvailable } =
    context;
  const { defaultHoldTtlMs } = context;
  const services: Services = {
    database,
    clock,
    identity,
    venueLayouts,
    eventLayouts,
    feeds,
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
    publicVersions,
    edge: {
      schema,
      plugins: graphqlPlugins(config),
      maskError: (error, requestId) => maskError(error, { logger, requestId }),
      contextFor: (caller): GraphQLContext => ({ ...services, ...caller }),
    },
    exampleIds: () => exampleIds(context),
  };
}

async function exampleIds({ database }: AppContext): Promise<ExampleIds | null> {
  const found = await readExampleSeats(database.reads);
  if (found === null) return null;
  const { eventId, seatIndexes } = found;
  return { eventId: eventIdOf(eventId), seatIds: seatIndexes.map((index) => seatIdOf(eventId, index)) };
}

if (import.meta.main) await runUntilSignal(() => startApi(loadConfig()));

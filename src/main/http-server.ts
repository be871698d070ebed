import type { PrismaClient } from '../platform/database/db.ts';
import { encodeEventId, encodeSeatId } from '../platform/ids.ts';
import { AddressCounter } from '../http/connection-limits.ts';
import { createCorsHandler } from '../http/cors.ts';
import { ConnectionDrainer } from '../http/connection-drainer.ts';
import { createEngine, type EngineOptions } from '../graphql/engine/engine.ts';
import { createGraphiQLHandler, handleGraphiQLAsset } from '../http/routes/graphiql/graphiql-route.ts';
import type { ExampleIds } from '../http/routes/graphiql/examples.ts';
import { createGraphQLHandler, type GraphQLRouteContext } from '../transport/graphql-route.ts';
import { handleHealth, createReadinessHandler } from '../http/routes/health.ts';
import { handleLayout } from '../http/routes/layout.ts';
import { MemoryBudget } from '../transport/memory-budget.ts';
import { readExampleSeats } from '../http/routes/home/events-on-sale.sql.ts';
import { createHomeHandler } from '../http/routes/home/home-route.ts';
import { createRequestListener, type Route } from '../http/request-listener.ts';
import { createSeatMapHandler } from '../http/routes/seat-map.ts';
import { readShop } from '../http/routes/shop/shop-files.ts';
import { createShopRoutes } from '../http/routes/shop/shop-route.ts';
import { SharedSubscriptions } from '../fanout/shared-subscriptions.ts';
import { sendMisdirected } from '../http/responses.ts';
import { createHttpServer, stopServer } from '../http/server.ts';
import { listen } from '../platform/listen.ts';
import { acceptSockets } from '../transport/websocket/socket-server.ts';
import type { AppContext } from './context.ts';

export interface RunningServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts the HTTP server with all its routes and WebSockets. Resolves when it accepts connections. */
export async function startHttpServer(
  context: AppContext,
  engineOptions: EngineOptions,
): Promise<RunningServer> {
  const { config, identity, rateLimits, logger } = context;
  const stopping = new AbortController();
  const engine = createEngine(engineOptions);
  const memory = new MemoryBudget(config.clientMemory);
  const longLived = new AddressCounter(config.connectionsPerAddressMax);
  const drainer = new ConnectionDrainer(config.sockets.ageMaxMs);
  const shared = new SharedSubscriptions(engine, context.clock);
  const { sockets: limits, roles } = config;
  const graphql: GraphQLRouteContext = {
    engine,
    identity,
    memory,
    rateLimits,
    roles,
    shared,
    limits,
    drainer,
    streams: longLived,
    stopping: stopping.signal,
  };
  const { routes, notFound } = createRoutes(context, graphql);
  const listener = createRequestListener({
    routes,
    notFound,
    cors: createCorsHandler(config),
    proxies: config.trustedProxies,
    logger,
    stopping: stopping.signal,
  });
  const server = createHttpServer(listener, config);
  const endSockets = acceptSockets(server, {
    engine,
    memory,
    rateLimits,
    identity,
    shared,
    roles,
    limits,
    drainer,
    origins: config.corsOrigins,
    proxies: config.trustedProxies,
    sockets: longLived,
    stopping: stopping.signal,
    logger,
  });
  const port = await listen(server, config.port, config.host);
  stopping.signal.addEventListener('abort', () => {
    drainer.start(Math.max(limits.closeSpreadMs, config.drainMs));
    // A connection closes when its operations have a response.
    context.database.failover.close(); // guard: waits-end-with-server
  });
  return { port, stop: () => stopServer({ server, stopping, endSockets, drainMs: config.drainMs, logger }) };
}

function createRoutes(context: AppContext, graphql: GraphQLRouteContext) {
  const { config, database, eventLayouts, logger } = context;
  const { stopping } = graphql;
  const db = database.reads;
  const exampleIds = () => findExampleIds(db);
  const probes: Route[] = [
    { path: '/health', methods: ['GET', 'HEAD'], handle: handleHealth },
    {
      path: '/ready',
      methods: ['GET', 'HEAD'],
      handle: createReadinessHandler({ ...context, db, stopping }),
    },
  ];
  const methods = ['GET', 'HEAD', 'POST'] as const;
  // guard: routes-served
  if (!config.roles.has('http')) {
    const handle = createGraphQLHandler(graphql, null);
    return { routes: [{ path: '/graphql', methods, handle }, ...probes], notFound: sendMisdirected };
  }
  const graphiql = config.graphiql ? createGraphiQLHandler({ exampleIds, logger }) : null; // guard: graphiql-switch
  const shop = createShopRoutes({ ...context, shop: readShop() });
  const routes: Route[] = [
    { path: '/graphql', methods, handle: createGraphQLHandler(graphql, graphiql) },
    ...optional(config.graphiql, {
      path: '/graphiql/',
      methods: ['GET', 'HEAD'],
      handle: handleGraphiQLAsset,
    }),
    ...shop.routes,
    {
      path: '/developers',
      methods: ['GET', 'HEAD'],
      handle: createHomeHandler({ ...context, db, graphiql: config.graphiql }),
    },
    ...probes,
    {
      path: '/events/',
      methods: ['GET', 'HEAD'],
      handle: createSeatMapHandler(context),
    },
    {
      path: '/layouts/',
      methods: ['GET', 'HEAD'],
      handle: (request) => handleLayout(eventLayouts, request),
    },
  ];
  return { routes, notFound: shop.notFound };
}

function optional(enabled: boolean, route: Route): Route[] {
  return enabled ? [route] : [];
}

async function findExampleIds(db: PrismaClient): Promise<ExampleIds | null> {
  const found = await readExampleSeats(db);
  if (found === null) return null;
  const { eventId, seatIndexes } = found;
  return {
    eventId: encodeEventId(eventId),
    seatIds: seatIndexes.map((index) => encodeSeatId(eventId, index)),
  };
}

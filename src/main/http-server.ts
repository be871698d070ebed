import type { Identity } from '../identity/identity.ts';
import type { Config } from '../platform/config/config.ts';
import type { PrismaClient } from '../platform/database/db.ts';
import type { Logger } from '../platform/observability/logger.ts';
import type { Redis } from '../platform/redis/redis.ts';
import { uuidV7 } from '../platform/uuid.ts';
import type { EventLayouts } from '../seating/layout/event-layouts.ts';
import type { LiveFeeds } from '../seating/live/live-feeds.ts';
import type { PublicVersions } from '../seating/map/public-versions.ts';
import type { SeatMaps } from '../seating/map/seat-maps.ts';
import { AddressCounter } from '../http/address-counter.ts';
import { corsHandler } from '../http/cors.ts';
import { Departures } from '../http/connection-drainer.ts';
import { DocumentCache } from '../graphql/engine/document-cache.ts';
import type { GraphQLEdge } from '../graphql/engine/engine.ts';
import { graphiqlRoute, handleGraphiQLAsset, wantsGraphiQL } from '../http/routes/graphiql/graphiql-route.ts';
import type { ExampleIds } from '../http/routes/graphiql/examples.ts';
import { handleGraphQL, type GraphQLRouteContext } from '../transport/graphql-route.ts';
import { handleHealth, readinessRoute } from '../http/routes/health.ts';
import { handleLayout } from '../http/routes/layout.ts';
import { documentCacheLimits } from '../graphql/engine/limits.ts';
import { MemoryBudget } from '../transport/memory-budget.ts';
import { handleMetrics } from '../http/routes/metrics.ts';
import { homeRoute } from '../http/routes/home/home-route.ts';
import { requestListener } from '../http/request-listener.ts';
import type { Route } from '../http/routes.ts';
import { seatMapRoute } from '../http/routes/seat-map.ts';
import { SharedSubscriptions } from '../fanout/shared-subscriptions.ts';
import { createHttpServer, stopServer } from '../http/server.ts';
import { listen } from '../platform/listen.ts';
import { graphqlProtocol } from '../transport/websocket/graphql-protocol.ts';
import { acceptSockets } from '../transport/websocket/socket-server.ts';
import { createGraphQL } from '../graphql/engine/yoga.ts';
import type { Engine } from '../graphql/engine/operation.ts';

export interface HttpContext {
  readonly config: Pick<
    Config,
    | 'host'
    | 'port'
    | 'corsOrigins'
    | 'corsAllowedHeaders'
    | 'trustedProxies'
    | 'connectionsPerAddressMax'
    | 'clientMemory'
    | 'tcpConnections'
    | 'inactivityMs'
    | 'sockets'
    | 'drainMs'
    | 'graphiql'
    | 'publicMetrics'
  >;
  readonly logger: Logger;
  readonly db: PrismaClient;
  readonly redis: Redis;
  readonly identity: Identity;
  readonly eventLayouts: EventLayouts;
  readonly seatMaps: SeatMaps;
  readonly feeds: LiveFeeds;
  readonly publicVersions: PublicVersions;
  readonly edge: GraphQLEdge;
  readonly exampleIds: () => Promise<ExampleIds | null>;
}

export interface RunningServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Everything that is reached over HTTP and WebSocket. Resolves when it takes connections. */
export async function startHttpServer(ctx: HttpContext): Promise<RunningServer> {
  const { config, edge, identity, logger } = ctx;
  const stopping = new AbortController();
  const documents = new DocumentCache(documentCacheLimits);
  const engine: Engine = { yoga: createGraphQL(edge, documents, logger), documents, edge, logger };
  const memory = new MemoryBudget(config.clientMemory);
  const longLived = new AddressCounter(config.connectionsPerAddressMax);
  const departures = new Departures();
  // An error that many get to see has an id of its own: no request is to be found by it, or shown to others.
  const shared = new SharedSubscriptions(
    (error) => edge.maskError(error, uuidV7()), // guard: shared-error-request-id
    edge.sharedContext,
    logger,
  );
  const limits = config.sockets;
  const graphql: GraphQLRouteContext = {
    engine,
    identity,
    memory,
    shared,
    limits,
    departures,
    streams: longLived,
    stopping: stopping.signal,
  };
  const routes = routesOf(ctx, graphql);
  const listener = requestListener({
    routes,
    cors: corsHandler(config),
    proxies: config.trustedProxies,
    logger,
    stopping: stopping.signal,
  });
  const server = createHttpServer(listener, config);
  const endSockets = acceptSockets(server, {
    protocol: graphqlProtocol({ engine, memory, identity, shared, limits }),
    limits,
    departures,
    origins: config.corsOrigins,
    proxies: config.trustedProxies,
    sockets: longLived,
    memory,
    stopping: stopping.signal,
    logger,
  });
  const port = await listen(server, config.port, config.host);
  stopping.signal.addEventListener('abort', () =>
    departures.start(Math.max(limits.closeSpreadMs, config.drainMs)),
  );
  return { port, stop: () => stopServer({ server, stopping, endSockets, drainMs: config.drainMs, logger }) };
}

function routesOf(ctx: HttpContext, graphql: GraphQLRouteContext): Route[] {
  const { config, eventLayouts } = ctx;
  const { stopping } = graphql;
  const graphiql = config.graphiql ? graphiqlRoute(ctx) : null; // guard: graphiql-switch
  // guard: public-metrics-switch
  return [
    {
      path: '/graphql',
      methods: ['GET', 'HEAD', 'POST'],
      handle: (exchange) =>
        graphiql !== null && wantsGraphiQL(exchange) ? graphiql(exchange) : handleGraphQL(graphql, exchange),
    },
    ...optional(config.graphiql, {
      path: '/graphiql/',
      methods: ['GET', 'HEAD'],
      handle: handleGraphiQLAsset,
    }),
    { path: '/', methods: ['GET', 'HEAD'], handle: homeRoute({ ...ctx, graphiql: config.graphiql }) },
    { path: '/health', methods: ['GET', 'HEAD'], handle: handleHealth },
    {
      path: '/ready',
      methods: ['GET', 'HEAD'],
      handle: readinessRoute({ ...ctx, stopping }),
    },
    ...optional(config.publicMetrics, { path: '/metrics', methods: ['GET', 'HEAD'], handle: handleMetrics }),
    {
      path: '/events/',
      methods: ['GET', 'HEAD'],
      handle: seatMapRoute(ctx),
    },
    {
      path: '/layouts/',
      methods: ['GET', 'HEAD'],
      handle: (exchange) => handleLayout(eventLayouts, exchange),
    },
  ];
}

function optional(enabled: boolean, route: Route): Route[] {
  return enabled ? [route] : [];
}

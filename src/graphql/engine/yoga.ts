import { createYoga, type Plugin, type YogaLogger, type YogaServerInstance } from 'graphql-yoga';
import type { Logger } from '../../platform/observability/logger.ts';
import type { DocumentCache } from './document-cache.ts';
import type { GraphQLEdge, OperationContext } from './engine.ts';
import { currentRequestId } from '../../platform/request-scope.ts';
import { tokenExpiry } from './token-expiry.ts';

export type Yoga = YogaServerInstance<OperationContext & Record<string, unknown>, Record<string, unknown>>;

/** Parses, validates and executes, with the edge's plugins. Routing, bodies, CORS and GraphiQL are this server's own. */
export function createGraphQL(edge: GraphQLEdge, documents: DocumentCache, logger: Logger): Yoga {
  return createYoga<OperationContext & Record<string, unknown>, Record<string, unknown>>({
    schema: edge.schema,
    plugins: [...(edge.plugins as Plugin[]), tokenExpiry(logger)],
    context: ({ caller }: OperationContext) => edge.contextFor(caller) as Record<string, unknown>,
    maskedErrors: { maskError: (error) => edge.maskError(error, currentRequestId()) },
    graphqlEndpoint: '/graphql',
    parserAndValidationCache: {
      documentCache: documents,
      // Yoga keeps an error as it was when first met, and over WebSocket it has no HTTP status yet: none is kept.
      errorCache: { get: () => undefined, set: () => undefined },
    },
    batching: false,
    cors: false,
    graphiql: false,
    landingPage: false,
    multipart: false,
    maxRequestBodySize: false,
    logging: yogaLogger(logger),
  });
}

/** What Yoga has to say is for those who look for a fault; errors that matter are logged where they are masked. */
function yogaLogger(logger: Logger): YogaLogger {
  const log =
    (level: 'trace' | 'debug' | 'warn') =>
    (first: unknown, ...rest: unknown[]) =>
      logger[level](first instanceof Error ? { err: first } : { said: [first, ...rest].map(String) }, 'yoga');
  return { debug: log('trace'), info: log('debug'), warn: log('warn'), error: log('debug') };
}

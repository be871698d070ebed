import { createYoga, type Plugin, type YogaLogger, type YogaServerInstance } from 'graphql-yoga';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from '../../platform/observability/logger.ts';
import { currentRequestId } from '../../platform/request-scope.ts';
import type { Caller } from './caller.ts';
import { createDocumentCache, type DocumentCache } from './document/document-limits.ts';
import { sourceSubscriptions } from './subscription.ts';
import type { OnRevoked } from './token-expiry.ts';

export interface EngineOptions {
  readonly schema: GraphQLSchema;
  readonly plugins: readonly Plugin[];
  readonly logger: Logger;
  /** Returns what a client may see of an error. */
  maskError(error: unknown, requestId: string): Error;
  /** The services in the context of every operation. Its caller is added to them. */
  readonly services: object;
  /** Context of an execution that serves many callers. It contains no data of any of them. */
  readonly sharedContext: object;
  /** Calls back once if the token of a viewer is revoked. */
  readonly onRevoked: OnRevoked;
}

/** Prepares and executes GraphQL operations, on every transport. */
export interface Engine extends Pick<
  EngineOptions,
  'schema' | 'logger' | 'maskError' | 'sharedContext' | 'onRevoked'
> {
  readonly yoga: Yoga;
  /** Documents that passed validation. */
  readonly documents: DocumentCache;
}

type Yoga = YogaServerInstance<Caller & Record<string, unknown>, Record<string, unknown>>;

export function createEngine(options: EngineOptions): Engine {
  const { schema, logger, sharedContext, onRevoked } = options;
  const documents = createDocumentCache();
  return {
    schema,
    logger,
    sharedContext,
    onRevoked,
    maskError: (error, requestId) => options.maskError(error, requestId),
    documents,
    yoga: createPipeline(options, documents),
  };
}

/** Creates Yoga only to parse, validate and execute with plugins. The transports do everything about HTTP. */
function createPipeline(options: EngineOptions, documents: DocumentCache): Yoga {
  const { schema, plugins, logger } = options;
  return createYoga<Caller & Record<string, unknown>, Record<string, unknown>>({
    schema,
    plugins: [...(plugins as Plugin[]), sourceSubscriptions],
    context: options.services as Record<string, unknown>,
    maskedErrors: { maskError: (error) => options.maskError(error, currentRequestId()) },
    graphqlEndpoint: '/graphql',
    parserAndValidationCache: {
      documentCache: documents,
      // Yoga would keep an error as first seen: over a WebSocket, without its HTTP status. So errors are not cached.
      errorCache: { get: () => undefined, set: () => undefined },
    },
    batching: false,
    cors: false,
    graphiql: false,
    landingPage: false,
    multipart: false,
    maxRequestBodySize: false,
    logging: createYogaLogger(logger),
  });
}

/** Lowers the level of Yoga's messages. Errors that matter are logged where they are masked. */
function createYogaLogger(logger: Logger): YogaLogger {
  const log =
    (level: 'trace' | 'debug' | 'warn') =>
    (first: unknown, ...rest: unknown[]) =>
      logger[level](first instanceof Error ? { err: first } : { said: [first, ...rest].map(String) }, 'yoga');
  return { debug: log('trace'), info: log('debug'), warn: log('warn'), error: log('debug') };
}

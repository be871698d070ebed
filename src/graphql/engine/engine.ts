import { createYoga, type Plugin, type YogaLogger, type YogaServerInstance } from 'graphql-yoga';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from '../../platform/observability/logger.ts';
import { createDocumentCache, type DocumentCache } from './execution/prepared-document.ts';
import type { OnRevoked } from './token-expiry.ts';

export interface EngineOptions {
  readonly schema: GraphQLSchema;
  /** Yoga plugins that parse and validate. Other hooks of plugins are not called. */
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
  'schema' | 'logger' | 'maskError' | 'services' | 'sharedContext' | 'onRevoked'
> {
  readonly yoga: YogaServerInstance<object, object>;
  /** Valid documents. */
  readonly documents: DocumentCache;
}

export function createEngine(options: EngineOptions): Engine {
  const { schema, logger, services, sharedContext, onRevoked } = options;
  return {
    schema,
    logger,
    services,
    sharedContext,
    onRevoked,
    maskError: (error, requestId) => options.maskError(error, requestId),
    documents: createDocumentCache(),
    yoga: createPipeline(options),
  };
}

/** Creates Yoga only to parse and validate with plugins, and to format responses with errors. */
function createPipeline({ schema, plugins, logger }: EngineOptions): YogaServerInstance<object, object> {
  return createYoga<object, object>({
    schema,
    plugins: plugins as Plugin[],
    maskedErrors: false,
    graphqlEndpoint: '/graphql',
    // The engine has a cache of its own, with everything that is derived from a document.
    parserAndValidationCache: false,
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

import {
  getOperationAST,
  GraphQLError,
  OperationTypeNode,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLSchema,
} from 'graphql';
import { processRegularResult, type Plugin } from 'graphql-yoga';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../platform/logger.ts';
import { regularMediaType, type RegularMediaType } from './accept.ts';
import type { Caller, GraphQLEdge } from './edge.ts';
import { graphqlParams, type GraphQLParams } from './graphql-params.ts';
import type { Yoga } from './yoga.ts';

/** What Yoga's plugins made of GraphQL's functions, for one operation. */
interface Enveloped {
  readonly schema: GraphQLSchema;
  parse(query: string): DocumentNode;
  validate(schema: GraphQLSchema, document: DocumentNode): readonly GraphQLError[];
  contextFactory(): unknown;
  execute(args: ExecutionArgs): ExecutionResult | Promise<ExecutionResult>;
}

/** A query or mutation that is ready to run: nothing of it has happened yet. */
export interface PreparedOperation {
  readonly mediaType: RegularMediaType;
  /** Never rejects. */
  run(): Promise<ExecutionResult>;
}

/**
 * POST of one JSON operation without Yoga's Request and Response objects, which cost more than all else about a small
 * operation: its functions for parsing, validating and executing, plugins included, are called directly.
 */
export interface FastPath {
  /**
   * Null is for whatever is in any way unusual: another method or media type, a stream, a subscription, a body that is
   * wrong, a document that does not parse or is not valid. Yoga then takes the same request from its beginning; up to
   * here it had no effect.
   */
  prepare(req: IncomingMessage, body: Buffer | null, caller: Caller): Promise<PreparedOperation | null>;
  /** The Response that Yoga makes of a result: errors' HTTP status and headers, nothing internal. */
  responseOf(result: ExecutionResult, mediaType: RegularMediaType): Response;
}

export function createFastPath(yoga: Yoga, edge: GraphQLEdge, logger: Logger): FastPath {
  const passedBy = httpHooksOf(edge.plugins);
  if (passedBy.length > 0)
    logger.warn({ hooks: passedBy }, 'plugins hook into HTTP: every operation takes Yoga’s way');
  return {
    async prepare(req, body, caller) {
      if (body === null || passedBy.length > 0) return null;
      if (req.method !== 'POST' || !isJson(req.headers['content-type'])) return null;
      const mediaType = regularMediaType(req.headers.accept);
      const params = mediaType === null ? null : graphqlParams(body);
      if (mediaType === null || params === null) return null;
      const enveloped = yoga.getEnveloped({ caller, params, requestLength: body.length }) as Enveloped;
      const args = await executionArgs(enveloped, params);
      if (args === null) return null;
      return {
        mediaType,
        run: () => execute(enveloped, args, (error) => edge.maskError(error, caller.requestId)),
      };
    },
    responseOf: (result, mediaType) => processRegularResult(result, yoga.fetchAPI, mediaType),
  };
}

/** Null where the document is not valid, or no single query or mutation of it is meant. */
async function executionArgs(enveloped: Enveloped, params: GraphQLParams): Promise<ExecutionArgs | null> {
  const { schema } = enveloped;
  const { query, variables = null, operationName = null } = params;
  try {
    const document = enveloped.parse(query);
    if (enveloped.validate(schema, document).length > 0) return null;
    const operation = getOperationAST(document, operationName);
    if (operation == null || operation.operation === OperationTypeNode.SUBSCRIPTION) return null;
    const contextValue = await enveloped.contextFactory();
    return { schema, document, contextValue, variableValues: variables, operationName };
  } catch {
    return null; // What does not parse, or makes no context: Yoga finds the same and has an answer for it.
  }
}

async function execute(
  enveloped: Enveloped,
  args: ExecutionArgs,
  mask: (error: unknown) => Error,
): Promise<ExecutionResult> {
  try {
    return await enveloped.execute(args);
  } catch (error) {
    const masked = mask(error);
    return {
      errors: [
        masked instanceof GraphQLError ? masked : new GraphQLError(masked.message, { originalError: masked }),
      ],
    };
  }
}

/** Whether the result is data and nothing else: then it was sent. Anything more is Yoga's to form. */
export function sendData(
  res: ServerResponse,
  { data, ...rest }: ExecutionResult,
  mediaType: RegularMediaType,
): boolean {
  if (data == null || Object.keys(rest).length > 0) return false;
  const body = JSON.stringify({ data });
  res.writeHead(200, {
    'content-type': `${mediaType}; charset=utf-8`,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  res.end(body);
  return true;
}

const httpHooks = [
  'onRequest',
  'onRequestParse',
  'onParams',
  'onExecutionResult',
  'onResultProcess',
  'onResponse',
  'instrumentation',
] as const satisfies readonly (keyof Plugin)[];

/** Hooks into Yoga's own handling of HTTP: the fast path would go past them. */
function httpHooksOf(plugins: readonly Plugin[]): readonly string[] {
  return httpHooks.filter((hook) => plugins.some((plugin) => plugin[hook] !== undefined));
}

/** As Yoga looks at it. */
function isJson(contentType: string | undefined): boolean {
  return contentType === 'application/json' || contentType?.startsWith('application/json;') === true;
}

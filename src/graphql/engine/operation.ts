import {
  getOperationAST,
  getVariableValues,
  GraphQLError,
  OperationTypeNode,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type { Logger } from '../../platform/observability/logger.ts';
import type { Park } from '../../seating/live/seat-updates.ts';
import { boundedErrors, withBoundedErrors } from './bounded-errors.ts';
import type { DocumentCache } from './document-cache.ts';
import type { Caller, GraphQLEdge } from './engine.ts';
import type { GraphQLParams } from './graphql-params.ts';
import { estimateBytes, estimateDocumentBytes, type Kept } from './kept-memory.ts';
import { errorLimits, keptLimits, operationLimits } from './limits.ts';
import { RequestError } from '../../platform/request-error.ts';
import { currentRequestId } from '../../platform/request-scope.ts';
import { TimeoutError, withTimeout } from '../../platform/with-timeout.ts';
import { sharedOperation, type SharedOperation } from './shared-operation.ts';
import type { Yoga } from './yoga.ts';

/** What operations are prepared and executed with, on every transport. */
export interface Engine {
  readonly yoga: Yoga;
  /** Documents that were found valid. */
  readonly documents: DocumentCache;
  readonly edge: GraphQLEdge;
  readonly logger: Logger;
}

export type Results = AsyncIterable<ExecutionResult>;

/** An operation that may be executed. Nothing of it has happened yet. */
export interface ReadyOperation {
  readonly kind: 'ready';
  readonly type: OperationTypeNode;
  readonly document: DocumentNode;
  readonly operationName: string | null;
  /** What it keeps in memory until it ends. */
  readonly kept: Kept;
  /** Null: every subscriber is served alone. */
  readonly shared: SharedOperation | null;
  /** Executes a query or mutation. Never rejects. */
  execute(): Promise<ExecutionResult>;
  /** Starts a subscription. Never rejects; a result is the reason why it could not start. */
  subscribe(park?: Park): Promise<ExecutionResult | Results>;
}

/** An operation that may not be executed, and why. */
export interface InvalidOperation {
  readonly kind: 'invalid';
  readonly errors: readonly GraphQLError[];
}

/** GraphQL's functions with Yoga's plugins around them. */
interface Enveloped {
  readonly schema: GraphQLSchema;
  parse(query: string): DocumentNode;
  validate(schema: GraphQLSchema, document: DocumentNode): readonly GraphQLError[];
  contextFactory(): Promise<unknown>;
  execute(args: ExecutionArgs): Promise<ExecutionResult>;
  subscribe(args: ExecutionArgs): Promise<ExecutionResult | Results>;
}

/**
 * Parses, validates and checks one operation; the only way in, whatever the transport. Keeps of the request only the
 * document and the variables that it declares.
 */
export function prepareOperation(
  engine: Engine,
  params: GraphQLParams,
  caller: Caller,
): ReadyOperation | InvalidOperation {
  try {
    return prepare(engine, params, caller);
  } catch (error) {
    return { kind: 'invalid', errors: boundedErrors([toGraphQLError(engine, error)]) };
  }
}

function prepare(
  engine: Engine,
  { query, operationName, variables: given }: GraphQLParams,
  caller: Caller,
): ReadyOperation | InvalidOperation {
  let park: Park = () => null;
  // Yoga keeps what it is given here for as long as the operation lasts.
  const ownCaller: Caller = { ...caller, park: (source) => park(source) };
  const enveloped = engine.yoga.getEnveloped({ caller: ownCaller }) as Enveloped;
  const { schema } = enveloped;
  const document = parsed(enveloped, query);
  const errors = enveloped.validate(schema, document);
  if (errors.length > 0) {
    // A refused document must not take the place of one that is used.
    engine.documents.delete(query);
    return { kind: 'invalid', errors: boundedErrors(errors.map(mistaken)) };
  }
  const operation = getOperationAST(document, operationName);
  if (operation == null) throw unknownOperation(operationName);
  const variables = declaredVariables(operation, given ?? {}); // guard: declared-variables-only
  const { coerced, errors: mistakes } = getVariableValues(
    schema,
    operation.variableDefinitions ?? [],
    variables,
    { maxErrors: errorLimits.reportedMax }, // guard: variable-errors-limit
  );
  if (coerced === undefined) return { kind: 'invalid', errors: boundedErrors(mistakes.map(badVariable)) };
  const isSubscription = operation.operation === OperationTypeNode.SUBSCRIPTION;
  const { subscriptionBytes, operationBytes } = keptLimits;
  const kept: Kept = {
    document,
    documentBytes: estimateDocumentBytes(document, query),
    ownBytes: (isSubscription ? subscriptionBytes : operationBytes) + estimateBytes(variables),
  };
  // guard: subscription-memory
  if (isSubscription && kept.documentBytes + kept.ownBytes > keptLimits.subscriptionBytesMax)
    throw subscriptionTooLarge(operation);
  const args = async (): Promise<ExecutionArgs> => ({
    schema,
    document,
    operationName,
    variableValues: variables,
    contextValue: await enveloped.contextFactory(),
  });
  return {
    kind: 'ready',
    type: operation.operation,
    document,
    operationName,
    kept,
    shared: sharedOperation({ schema, document, query, operation, variables, coerced }),
    execute: () => settled(engine, async () => withBoundedErrors(await enveloped.execute(await args()))),
    subscribe: (takeOver) => {
      if (takeOver !== undefined) park = takeOver;
      return settled(
        engine,
        async () => withBoundedResults(await enveloped.subscribe(await args())),
        (late) => {
          if (Symbol.asyncIterator in late) endResults(late[Symbol.asyncIterator](), engine.logger);
        },
      );
    },
  };
}

/** Waits for the work until its deadline. Whatever goes wrong becomes a result with an error that a client may see. */
async function settled<T extends ExecutionResult | Results>(
  engine: Engine,
  work: () => Promise<T>,
  late?: (value: T) => void,
): Promise<T | ExecutionResult> {
  try {
    return await withTimeout(work(), operationLimits.timeoutMs, 'the operation', {
      onResult: late,
      logger: engine.logger,
    });
  } catch (error) {
    if (!(error instanceof TimeoutError)) return { errors: boundedErrors([toGraphQLError(engine, error)]) };
    engine.logger.error({ err: error, requestId: currentRequestId() }, 'operation timed out');
    return { errors: [timedOut()] };
  }
}

/** Returns what a client may see of an error. */
export function toGraphQLError({ edge }: Pick<Engine, 'edge'>, error: unknown): GraphQLError {
  if (error instanceof RequestError) {
    const { code, status } = error;
    return new GraphQLError(error.message, { extensions: { code, http: { status } } });
  }
  const masked = edge.maskError(error, currentRequestId());
  return masked instanceof GraphQLError
    ? masked
    : new GraphQLError(masked.message, { originalError: masked });
}

/** Ends a subscription in the background. A failure is only logged. */
export function endResults(iterator: AsyncIterator<ExecutionResult>, logger: Logger): void {
  iterator.return?.().catch((error: unknown) => logger.error({ err: error }, 'failed to end a subscription'));
}

function withBoundedResults(result: ExecutionResult | Results): ExecutionResult | Results {
  if (!(Symbol.asyncIterator in result)) return withBoundedErrors(result);
  const iterator = result[Symbol.asyncIterator]();
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        const item = await iterator.next();
        return item.done === true ? item : { done: false, value: withBoundedErrors(item.value) };
      },
      return: () => iterator.return?.() ?? Promise.resolve({ done: true as const, value: undefined }),
    }),
  };
}

function declaredVariables(
  { variableDefinitions = [] }: OperationDefinitionNode,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const declared: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const { variable } of variableDefinitions)
    if (Object.hasOwn(given, variable.name.value)) declared[variable.name.value] = given[variable.name.value];
  return declared;
}

/** Over HTTP, GraphQL's own errors are answered with 400, or with 200 if the client takes application/json. */
const mistake = { status: 400, spec: true };

function mistaken(error: GraphQLError): GraphQLError {
  error.extensions['code'] ??= 'BAD_USER_INPUT';
  error.extensions['http'] ??= mistake;
  return error;
}

function badVariable(error: GraphQLError): GraphQLError {
  error.extensions['code'] ??= 'BAD_USER_INPUT';
  error.extensions['http'] ??= { status: 400 };
  return error;
}

function parsed(enveloped: Enveloped, query: string): DocumentNode {
  try {
    return enveloped.parse(query);
  } catch (error) {
    if (error instanceof GraphQLError) error.extensions['http'] ??= mistake;
    throw error;
  }
}

function unknownOperation(name: string | null): GraphQLError {
  const message =
    name === null
      ? 'Must provide operation name if query contains multiple operations.'
      : `Unknown operation named "${name}".`;
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', http: mistake } });
}

function subscriptionTooLarge(operation: OperationDefinitionNode): GraphQLError {
  const message = `The subscription needs more than ${keptLimits.subscriptionBytesMax / 1024} KiB of memory. Shorten its document or its variables.`;
  return new GraphQLError(message, {
    nodes: operation,
    extensions: { code: 'QUERY_TOO_COMPLEX', http: { status: 400 } },
  });
}

function timedOut(): GraphQLError {
  const http = { status: 503, headers: { 'retry-after': '1' } };
  return new GraphQLError(
    'The request timed out; its outcome is unknown. Retry with the same idempotency key.',
    { extensions: { code: 'BUSY', http } },
  );
}

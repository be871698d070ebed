import { GraphQLError, OperationTypeNode, type DocumentNode, type ExecutionResult } from 'graphql';
import { isTracing, withSpan } from '../../platform/observability/tracing.ts';
import { currentRequest, currentRequestId } from '../../platform/request-scope.ts';
import { TimeoutError, withTimeout } from '../../platform/with-timeout.ts';
import { limitErrors } from './errors/response-errors.ts';
import { toGraphQLError } from './errors/to-graphql-error.ts';
import type { Caller } from './caller.ts';
import { InvalidDocumentError, prepareDocument, requestErrorHttp } from './document/prepare-document.ts';
import type { Engine } from './engine.ts';
import { isPromise, type MaybePromise } from './execution/maybe-promise.ts';
import type { PreparedOperation } from './execution/prepared-document.ts';
import { executeOperation, type Run } from './execution/execute-operation.ts';
import { type GraphQLParams, estimateBytes } from './graphql-params.ts';
import { keptLimits, operationLimits } from './limits.ts';
import { toSharedOperation, type SharedOperation } from './shared-operation.ts';
import { endResults, openSubscription, type Subscription } from './subscription.ts';

/** The memory that an operation keeps until it ends. */
export interface Kept {
  /** The parsed document; null before parsing. Operations with the same text share one, which is counted once. */
  readonly document: DocumentNode | null;
  readonly documentBytes: number;
  /** The memory of everything else, mainly the variables. */
  readonly ownBytes: number;
}

/** An operation that may be executed. It has had no effect yet. */
export interface ReadyOperation {
  readonly kind: 'ready';
  readonly type: OperationTypeNode;
  readonly document: DocumentNode;
  readonly operationName: string | null;
  /** The memory that it keeps until it ends. */
  readonly kept: Kept;
  /** Null if every subscriber needs an execution of its own. */
  readonly shared: SharedOperation | null;
  /** Executes a query or mutation. Never throws or rejects. Returns a promise unless every resolver is synchronous. */
  execute(): MaybePromise<ExecutionResult>;
  /** Opens the source of a subscription. Never rejects: returns a result with errors if the source could not be opened. */
  subscribe(): Promise<ExecutionResult | Subscription>;
}

/** An operation that must not be executed, with the reasons. */
export interface InvalidOperation {
  readonly kind: 'invalid';
  readonly errors: readonly GraphQLError[];
}

/**
 * Parses, validates and checks an operation. Every transport prepares its operations here. Of the request, the result
 * retains only the document and the variables that the operation declares.
 */
export function prepareOperation(
  engine: Engine,
  params: GraphQLParams,
  caller: Caller,
): ReadyOperation | InvalidOperation {
  try {
    return prepare(engine, params, caller);
  } catch (error) {
    if (error instanceof InvalidDocumentError) return { kind: 'invalid', errors: limitErrors(error.errors) };
    return { kind: 'invalid', errors: limitErrors([toGraphQLError(engine, error)]) };
  }
}

function prepare(
  engine: Engine,
  { query, operationName, variables: given }: GraphQLParams,
  caller: Caller,
): ReadyOperation | InvalidOperation {
  const prepared = prepareDocument(engine, query).getOperation(operationName);
  if (prepared === null) throw unknownOperationError(operationName);
  // The result has only the variables that the operation declares.
  const { coerced, errors } = prepared.coerceVariables(given ?? {});
  if (coerced === undefined) return { kind: 'invalid', errors: limitErrors(errors.map(toVariableError)) };
  const request = currentRequest();
  if (request !== undefined) request.operation = prepared.label;
  const { document, documentBytes, operation } = prepared;
  const type = operation.operation;
  const isSubscription = type === OperationTypeNode.SUBSCRIPTION;
  const { subscriptionBytes, operationBytes } = keptLimits;
  const ownBytes = (isSubscription ? subscriptionBytes : operationBytes) + estimateBytes(coerced);
  // guard: subscription-memory
  if (isSubscription && documentBytes + ownBytes > keptLimits.subscriptionBytesMax)
    throw subscriptionSizeError(prepared);
  const run: Run = { engine, prepared, variables: coerced, caller };
  return {
    kind: 'ready',
    type,
    document,
    operationName,
    kept: { document, documentBytes, ownBytes },
    shared: isSubscription ? toSharedOperation(prepared, query, coerced) : null,
    execute: () => inSpan(prepared, () => settle(engine, () => executeOperation(run))),
    subscribe: async () =>
      settle(
        engine,
        () => openSubscription(run),
        (late) => {
          if ('source' in late) endResults(late.source, engine.logger);
        },
      ),
  };
}

function inSpan<T>({ label, operation }: PreparedOperation, work: () => MaybePromise<T>): MaybePromise<T> {
  if (!isTracing()) return work();
  const attributes = { 'graphql.operation.type': operation.operation };
  return withSpan(
    () => ({ name: label, attributes }),
    async () => work(),
  );
}

/** Waits for the work until its deadline. Converts any failure into a result with an error that a client may see. */
function settle<T extends ExecutionResult | Subscription>(
  engine: Engine,
  work: () => MaybePromise<T>,
  onLate?: (value: T) => void,
): MaybePromise<T | ExecutionResult> {
  try {
    const pending = work();
    return isPromise(pending) ? awaitInTime(engine, pending, onLate) : pending;
  } catch (error) {
    return { errors: limitErrors([toGraphQLError(engine, error)]) };
  }
}

async function awaitInTime<T extends ExecutionResult | Subscription>(
  engine: Engine,
  pending: Promise<T>,
  onLate?: (value: T) => void,
): Promise<T | ExecutionResult> {
  try {
    return await withTimeout(pending, operationLimits.timeoutMs, 'the operation', {
      onResult: onLate,
      logger: engine.logger,
    });
  } catch (error) {
    if (!(error instanceof TimeoutError)) return { errors: limitErrors([toGraphQLError(engine, error)]) };
    engine.logger.error({ err: error, requestId: currentRequestId() }, 'operation timed out');
    return { errors: [timeoutError()] };
  }
}

function toVariableError(error: GraphQLError): GraphQLError {
  error.extensions['code'] ??= 'BAD_USER_INPUT';
  error.extensions['http'] ??= { status: 400 };
  return error;
}

function unknownOperationError(name: string | null): GraphQLError {
  const message =
    name === null
      ? 'Must provide operation name if query contains multiple operations.'
      : `Unknown operation named "${name}".`;
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', http: requestErrorHttp } });
}

function subscriptionSizeError({ operation }: PreparedOperation): GraphQLError {
  const message = `The subscription needs more than ${keptLimits.subscriptionBytesMax / 1024} KiB of memory. Shorten its document or its variables.`;
  return new GraphQLError(message, {
    nodes: operation,
    extensions: { code: 'QUERY_TOO_COMPLEX', http: { status: 400 } },
  });
}

function timeoutError(): GraphQLError {
  const http = { status: 503, headers: { 'retry-after': '1' } };
  return new GraphQLError(
    'The request timed out; its outcome is unknown. Retry with the same idempotency key.',
    { extensions: { code: 'BUSY', http } },
  );
}

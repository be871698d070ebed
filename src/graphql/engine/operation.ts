import {
  getOperationAST,
  getVariableValues,
  GraphQLError,
  Kind,
  OperationTypeNode,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { withSpan } from '../../platform/observability/tracing.ts';
import { RequestError } from '../../platform/request-error.ts';
import { currentRequest, currentRequestId } from '../../platform/request-scope.ts';
import { TimeoutError, withTimeout } from '../../platform/with-timeout.ts';
import { limitErrors, withLimitedErrors } from './errors/response-errors.ts';
import type { Caller } from './caller.ts';
import type { Engine } from './engine.ts';
import { type GraphQLParams, estimateBytes } from './graphql-params.ts';
import { estimateDocumentBytes } from './document/document-limits.ts';
import { errorLimits, keptLimits, operationLimits } from './limits.ts';
import { toSharedOperation, type SharedOperation } from './shared-operation.ts';
import { endResults, OpenSource, openSubscription, type Subscription } from './subscription.ts';

/** Maximum number of root fields that logs name. */
const NAMED_FIELDS_MAX = 3;

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
  /** Executes a query or mutation. Never rejects. */
  execute(): Promise<ExecutionResult>;
  /** Opens the source of a subscription. Never rejects: returns a result with errors if the source could not be opened. */
  subscribe(): Promise<ExecutionResult | Subscription>;
}

/** An operation that must not be executed, with the reasons. */
export interface InvalidOperation {
  readonly kind: 'invalid';
  readonly errors: readonly GraphQLError[];
}

/** The functions of GraphQL, wrapped by Yoga's plugins. */
interface Enveloped {
  readonly schema: GraphQLSchema;
  parse(query: string): DocumentNode;
  validate(schema: GraphQLSchema, document: DocumentNode): readonly GraphQLError[];
  contextFactory(): Promise<unknown>;
  execute(args: ExecutionArgs): Promise<ExecutionResult>;
  /** Opens the source; see `sourceSubscriptions`. */
  subscribe(args: ExecutionArgs): Promise<ExecutionResult | OpenSource>;
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
    return { kind: 'invalid', errors: limitErrors([toGraphQLError(engine, error)]) };
  }
}

function prepare(
  engine: Engine,
  { query, operationName, variables: given }: GraphQLParams,
  caller: Caller,
): ReadyOperation | InvalidOperation {
  const enveloped = engine.yoga.getEnveloped({ ...caller }) as unknown as Enveloped;
  const { schema } = enveloped;
  const document = parseDocument(enveloped, query);
  const errors = enveloped.validate(schema, document);
  if (errors.length > 0) {
    // An invalid document must not displace one that is used.
    engine.documents.delete(query);
    return { kind: 'invalid', errors: limitErrors(errors.map(toValidationError)) };
  }
  const operation = getOperationAST(document, operationName);
  if (operation == null) throw unknownOperationError(operationName);
  const variables = pickDeclaredVariables(operation, given ?? {}); // guard: declared-variables-only
  const { coerced, errors: mistakes } = getVariableValues(
    schema,
    operation.variableDefinitions ?? [],
    variables,
    { maxErrors: errorLimits.reportedMax }, // guard: variable-errors-limit
  );
  if (coerced === undefined) return { kind: 'invalid', errors: limitErrors(mistakes.map(toVariableError)) };
  const label = describeOperation(operation);
  const request = currentRequest();
  if (request !== undefined) request.operation = label;
  const describeSpan = () => ({
    name: label,
    attributes: { 'graphql.operation.type': operation.operation },
  });
  const isSubscription = operation.operation === OperationTypeNode.SUBSCRIPTION;
  const { subscriptionBytes, operationBytes } = keptLimits;
  const kept: Kept = {
    document,
    documentBytes: estimateDocumentBytes(document),
    ownBytes: (isSubscription ? subscriptionBytes : operationBytes) + estimateBytes(variables),
  };
  // guard: subscription-memory
  if (isSubscription && kept.documentBytes + kept.ownBytes > keptLimits.subscriptionBytesMax)
    throw subscriptionSizeError(operation);
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
    shared: isSubscription
      ? toSharedOperation({ schema, document, query, operation, variables, coerced })
      : null,
    execute: () =>
      withSpan(describeSpan, () =>
        settle(engine, async () => withLimitedErrors(await enveloped.execute(await args()))),
      ),
    subscribe: () =>
      settle(
        engine,
        async () => subscribe(engine, enveloped, await args()),
        (late) => {
          if ('source' in late) endResults(late.source, engine.logger);
        },
      ),
  };
}

async function subscribe(
  engine: Engine,
  enveloped: Enveloped,
  args: ExecutionArgs,
): Promise<ExecutionResult | Subscription> {
  const opened = await enveloped.subscribe(args);
  return opened instanceof OpenSource
    ? openSubscription(opened, args, (error) => toGraphQLError(engine, error), engine)
    : withLimitedErrors(opened);
}

/** Waits for the work until its deadline. Converts any failure into a result with an error that a client may see. */
async function settle<T extends ExecutionResult | Subscription>(
  engine: Engine,
  work: () => Promise<T>,
  onLate?: (value: T) => void,
): Promise<T | ExecutionResult> {
  try {
    return await withTimeout(work(), operationLimits.timeoutMs, 'the operation', {
      onResult: onLate,
      logger: engine.logger,
    });
  } catch (error) {
    if (!(error instanceof TimeoutError)) return { errors: limitErrors([toGraphQLError(engine, error)]) };
    engine.logger.error({ err: error, requestId: currentRequestId() }, 'operation timed out');
    return { errors: [timeoutError()] };
  }
}

/** Converts an error into what a client may see of it. The log shows its cause under `requestId`. */
export function toGraphQLError(
  engine: Pick<Engine, 'maskError'>,
  error: unknown,
  requestId = currentRequestId(),
): GraphQLError {
  if (error instanceof RequestError) {
    const { code, status } = error;
    return new GraphQLError(error.message, { extensions: { code, http: { status } } });
  }
  const masked = engine.maskError(error, requestId);
  return masked instanceof GraphQLError
    ? masked
    : new GraphQLError(masked.message, { originalError: masked });
}

/**
 * Returns the type and the first root fields of an operation, such as `mutation holdSeats`, for logs and traces. All of it
 * comes from the schema, nothing from the client: a valid document has no other fields.
 */
function describeOperation({ operation, selectionSet }: OperationDefinitionNode): string {
  const names = selectionSet.selections.map((selection) =>
    selection.kind === Kind.FIELD ? selection.name.value : '…',
  );
  const distinct = [...new Set(names)];
  const shown = distinct.slice(0, NAMED_FIELDS_MAX).join(', ');
  return `${operation} ${shown}${distinct.length > NAMED_FIELDS_MAX ? ', …' : ''}`;
}

function pickDeclaredVariables(
  { variableDefinitions = [] }: OperationDefinitionNode,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const declared: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const { variable } of variableDefinitions)
    if (Object.hasOwn(given, variable.name.value)) declared[variable.name.value] = given[variable.name.value];
  return declared;
}

/** HTTP status of errors that GraphQL itself finds: 400, or 200 if the client accepts application/json. */
const requestErrorHttp = { status: 400, spec: true };

function toValidationError(error: GraphQLError): GraphQLError {
  error.extensions['code'] ??= 'BAD_USER_INPUT';
  error.extensions['http'] ??= requestErrorHttp;
  return error;
}

function toVariableError(error: GraphQLError): GraphQLError {
  error.extensions['code'] ??= 'BAD_USER_INPUT';
  error.extensions['http'] ??= { status: 400 };
  return error;
}

function parseDocument(enveloped: Enveloped, query: string): DocumentNode {
  try {
    return enveloped.parse(query);
  } catch (error) {
    if (error instanceof GraphQLError) error.extensions['http'] ??= requestErrorHttp;
    throw error;
  }
}

function unknownOperationError(name: string | null): GraphQLError {
  const message =
    name === null
      ? 'Must provide operation name if query contains multiple operations.'
      : `Unknown operation named "${name}".`;
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', http: requestErrorHttp } });
}

function subscriptionSizeError(operation: OperationDefinitionNode): GraphQLError {
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

import {
  GraphQLError,
  type ExecutionResult,
  type FormattedExecutionResult,
  type GraphQLFormattedError,
  type GraphQLResolveInfo,
} from 'graphql';
import type { ExecutionResult as SocketResult } from 'graphql-ws';
import { classifyDbError } from '../../../platform/database/db-errors.ts';
import { errorLimits } from '../limits.ts';
import { getRootCause, isGraphQLError } from './graphql-error.ts';
import { logOncePerRequest, type RequestLog } from './log-once-per-request.ts';

/**
 * Limits the errors of one response: their number, the length of each message, and their total length. GraphQL quotes client
 * input in full, once per error.
 */
export function limitErrors(errors: readonly GraphQLError[]): readonly GraphQLError[] {
  const { errorsMax, charactersMax } = errorLimits;
  const kept: GraphQLError[] = [];
  let characters = 0;
  // A client must learn of a commit, whatever else failed.
  // guard: committed-error-first
  const sorted = errors.toSorted((a, b) => Number(reportsCommit(b)) - Number(reportsCommit(a)));
  for (const error of sorted) {
    const short = shortenMessage(error);
    characters += short.message.length + JSON.stringify([short.path, short.extensions]).length;
    // guard: errors-total-length
    if (kept.length === errorsMax || characters > charactersMax) break; // guard: errors-per-response
    kept.push(short);
  }
  const omitted = errors.length - kept.length;
  if (omitted > 0)
    kept.push(
      new GraphQLError(`${omitted} more errors were omitted.`, { extensions: { code: 'ERRORS_OMITTED' } }),
    );
  return kept;
}

/** Formats errors for a response, without `http` and `unexpected`, which Yoga adds for its own use. */
export function formatErrors(errors: readonly GraphQLError[]): GraphQLFormattedError[] {
  return errors.map((error) => {
    const { extensions, ...formatted } = error.toJSON();
    const { http: _http, unexpected: _unexpected, ...shown } = extensions ?? {};
    return { ...formatted, ...(Object.keys(shown).length > 0 ? { extensions: shown } : {}) };
  });
}

/** Formats the errors of a result. Returns undefined if it has none and can be sent as it is. */
export function withFormattedErrors({ errors, data }: SocketResult): FormattedExecutionResult | undefined {
  if (errors === undefined) return undefined;
  return { errors: formatErrors(errors), ...(data === undefined ? {} : { data }) };
}

function reportsCommit({ extensions }: GraphQLError): boolean {
  return extensions['committed'] === true;
}

function shortenMessage(error: GraphQLError): GraphQLError {
  const { message, nodes, source, positions, path, originalError, extensions } = error;
  if (message.length <= errorLimits.messageCharactersMax) return error; // guard: error-message-length
  return new GraphQLError(`${message.slice(0, errorLimits.messageCharactersMax - 1).toWellFormed()}…`, {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    path: path ?? null,
    originalError: originalError ?? null,
    extensions,
  });
}

/** A committed change. It is final, even if the fields that the client selected on it cannot be read. */
interface Commit {
  /** The change as a clause, such as "The booking was confirmed". */
  readonly done: string;
  /** IDs for the extensions of the error, by which the client can query the result. */
  readonly ids: Readonly<Record<string, string>>;
}

/** The commits of each operation by response key, since a document may call one mutation under several aliases. */
const commitsByOperation = new WeakMap<object, Map<string, Commit>>();

/** Records that a root field has committed. Call it before reading anything for the response. */
export function recordCommit(ctx: object, info: GraphQLResolveInfo, commit: Commit): void {
  const commits = commitsByOperation.get(ctx) ?? new Map<string, Commit>();
  commitsByOperation.set(ctx, commits.set(String(info.path.key), commit));
}

/**
 * Reports commits whose result could not be read. The field is then null, and its errors are replaced by one that says
 * that the change was committed, so that the client does not retry.
 */
export function reportCommits(ctx: object, result: ExecutionResult): ExecutionResult {
  const commits = commitsByOperation.get(ctx);
  if (commits === undefined || result.errors === undefined) return result;
  let errors = result.errors;
  for (const [key, commit] of commits) {
    if (result.data?.[key] != null) continue;
    const own = errors.filter(({ path }) => path?.[0] === key);
    const [first] = own;
    if (first === undefined) continue;
    const unread = createUnreadError(ctx as RequestLog, first, commit);
    errors = [...errors.filter((error) => !own.includes(error)), unread];
  }
  if (errors === result.errors) return result; // guard: committed-errors-reported
  return { ...result, errors };
}

/** Keeps the code and message of client errors, such as a page that is too large. Everything else is logged and BUSY. */
function createUnreadError(ctx: RequestLog, error: GraphQLError, { done, ids }: Commit): GraphQLError {
  const cause = getRootCause(error);
  const location = { nodes: error.nodes ?? null, path: error.path ?? null };
  const commit = { committed: true, ...ids };
  if (isGraphQLError(cause) && cause.extensions['code'] !== undefined)
    return new GraphQLError(error.message, { ...location, extensions: { ...cause.extensions, ...commit } });
  const level = classifyDbError(cause) === 'permanent' ? 'error' : 'warn';
  const fields = { path: error.path?.join('.'), ...ids };
  logOncePerRequest(ctx, level, cause, 'committed, but failed to read the result', fields);
  return new GraphQLError(
    `${done}, but the result could not be read. Do not retry; query the object by the ID in the extensions.`,
    {
      ...location,
      extensions: { code: 'BUSY', ...commit },
    },
  );
}

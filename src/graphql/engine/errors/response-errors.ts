import { GraphQLError, type FormattedExecutionResult, type GraphQLFormattedError } from 'graphql';
import type { ExecutionResult } from 'graphql-ws';
import { errorLimits } from '../limits.ts';

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

/** Limits the errors of a result. Returns the result itself if it has none. */
export function withLimitedErrors<R extends ExecutionResult>(result: R): R {
  return result.errors === undefined ? result : { ...result, errors: limitErrors(result.errors) };
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
export function withFormattedErrors({ errors, data }: ExecutionResult): FormattedExecutionResult | undefined {
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

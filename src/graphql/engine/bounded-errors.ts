import { GraphQLError, type ExecutionResult } from 'graphql';
import { errorLimits } from './limits.ts';

/**
 * Bounds what errors may add to a response: how many there are, how long each message is, and how many characters they
 * take together. GraphQL quotes what clients sent, whole, in as many messages as there are mistakes.
 */
export function boundedErrors(errors: readonly GraphQLError[]): readonly GraphQLError[] {
  const { errorsMax, charactersMax } = errorLimits;
  const shown: GraphQLError[] = [];
  let characters = 0;
  // What was committed must be known, whatever else went wrong.
  // guard: committed-error-first
  const sorted = errors.toSorted((a, b) => Number(isOfCommit(b)) - Number(isOfCommit(a)));
  for (const error of sorted) {
    const short = shortened(error);
    characters += short.message.length + JSON.stringify([short.path, short.extensions]).length;
    // guard: errors-total-length
    if (shown.length === errorsMax || characters > charactersMax) break; // guard: errors-per-response
    shown.push(short);
  }
  const left = errors.length - shown.length;
  if (left > 0)
    shown.push(
      new GraphQLError(`${left} more errors were omitted.`, { extensions: { code: 'ERRORS_OMITTED' } }),
    );
  return shown;
}

function isOfCommit({ extensions }: GraphQLError): boolean {
  return extensions['committed'] === true;
}

/** Returns the result itself if it has no errors. */
export function withBoundedErrors<R extends ExecutionResult>(result: R): R {
  return result.errors === undefined ? result : { ...result, errors: boundedErrors(result.errors) };
}

function shortened(error: GraphQLError): GraphQLError {
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

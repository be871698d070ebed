import type { FormattedExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql';
import type { ExecutionResult } from 'graphql-ws';

/** `http` and `unexpected` are Yoga's notes to itself, which it takes out of HTTP answers too. */
export function cleaned(errors: readonly GraphQLError[]): GraphQLFormattedError[] {
  return errors.map((error) => {
    const { extensions, ...formatted } = error.toJSON();
    const { http: _http, unexpected: _unexpected, ...shown } = extensions ?? {};
    return { ...formatted, ...(Object.keys(shown).length > 0 ? { extensions: shown } : {}) };
  });
}

/** Undefined: it can be sent as it is. */
export function withCleanErrors(result: ExecutionResult): FormattedExecutionResult | undefined {
  const { errors, data } = result;
  return errors === undefined
    ? undefined
    : { errors: cleaned(errors), ...(data === undefined ? {} : { data }) };
}

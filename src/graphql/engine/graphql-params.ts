import { isUtf8 } from 'node:buffer';
import { exceededJsonLimit } from './json-size.ts';
import { operationLimits } from './limits.ts';
import { RequestError } from '../../platform/request-error.ts';

/** The parameters of one operation. Other properties of the request are ignored. */
export interface GraphQLParams {
  readonly query: string;
  /** Null if it is missing or empty. */
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>> | null;
}

/**
 * Reads the parameters from a JSON body.
 *
 * @throws {RequestError}
 */
export function parseBodyParams(body: Buffer): GraphQLParams {
  if (!isUtf8(body)) throw RequestError.badRequest('The request body is not valid UTF-8.');
  return parseParams(parseJson(body.toString('utf8').replace(/^\uFEFF/, ''), 'The body'));
}

/**
 * Reads the parameters from a query string.
 *
 * @throws {RequestError}
 */
export function parseQueryParams(search: string): GraphQLParams {
  const given = new URLSearchParams(search);
  const json = (name: string) => {
    const text = given.get(name);
    return text === null || text === '' ? null : parseJson(text, `"${name}"`);
  };
  return parseParams({
    query: given.get('query'),
    operationName: given.get('operationName'),
    variables: json('variables'),
    extensions: json('extensions'),
  });
}

/**
 * Checks parameters that were sent as JSON.
 *
 * @throws {RequestError}
 */
export function parseParams(value: unknown): GraphQLParams {
  if (!isObject(value)) throw RequestError.badRequest('The request must be a JSON object with a "query".');
  const { depthMax, valuesMax } = operationLimits.json;
  const exceeded = exceededJsonLimit(value, operationLimits.json);
  if (exceeded === 'depth')
    throw RequestError.badRequest(`The JSON of the request is nested more than ${depthMax} levels deep.`);
  if (exceeded === 'values')
    throw RequestError.badRequest(`The request has more than ${valuesMax} JSON values.`);
  const { query, operationName = null, variables = null, extensions = null } = value;
  if (extensions !== null && !isObject(extensions))
    throw RequestError.badRequest('"extensions" must be an object.');
  if (query === undefined || query === null || query === '') throw missingQuery(extensions);
  if (typeof query !== 'string') throw RequestError.badRequest('"query" must be a string.');
  if (operationName !== null && typeof operationName !== 'string')
    throw RequestError.badRequest('"operationName" must be a string.');
  if (variables !== null && !isObject(variables))
    throw RequestError.badRequest('"variables" must be an object.');
  return { query, operationName: operationName === '' ? null : operationName, variables };
}

/** Clients with persisted queries send the full text when they get this error. */
function missingQuery(extensions: Record<string, unknown> | null): RequestError {
  return extensions?.['persistedQuery'] === undefined
    ? RequestError.badRequest('The request has no "query".')
    : new RequestError(200, 'PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported');
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw RequestError.badRequest(`${what} is not valid JSON.`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

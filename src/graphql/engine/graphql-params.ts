import { isUtf8 } from 'node:buffer';
import { RequestError } from '../../platform/request-error.ts';
import { operationLimits } from './limits.ts';

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

/** An array or object on the path to the current value. */
interface Level {
  readonly values: readonly unknown[];
  next: number;
}

interface JsonLimits {
  /** Maximum nesting of arrays and objects. */
  readonly depthMax: number;
  /** Maximum number of values. A key of an object counts as a value. */
  readonly valuesMax: number;
}

/**
 * Returns the limit that a parsed JSON value exceeds, or null. JSON.parse accepts any depth, but code that recurses over its
 * result, such as JSON.stringify, throws after some thousand levels. Traversing a million small values blocks the event
 * loop.
 */
export function exceededJsonLimit(
  root: unknown,
  { depthMax, valuesMax }: JsonLimits,
): 'depth' | 'values' | null {
  const path: Level[] = [];
  let count = 0;
  const enter = (value: unknown) => {
    if (typeof value !== 'object' || value === null) return;
    const isArray = Array.isArray(value);
    const values = isArray ? (value as unknown[]) : Object.values(value);
    count += isArray ? values.length : 2 * values.length;
    path.push({ values, next: 0 });
  };
  enter(root);
  for (let level = path.at(-1); level !== undefined; level = path.at(-1)) {
    if (path.length > depthMax) return 'depth';
    if (count > valuesMax) return 'values'; // guard: values-per-request
    if (level.next === level.values.length) path.pop();
    else enter(level.values[level.next++]);
  }
  return null;
}

/**
 * Estimates the memory of a value parsed from JSON. The length of the text is a poor estimate: `{}` has two characters and
 * takes over sixty bytes.
 */
export function estimateBytes(root: unknown): number {
  let bytes = 0;
  const pending: unknown[] = [root];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value === 'string') bytes += 24 + 2 * value.length;
    else if (typeof value !== 'object' || value === null) bytes += 16;
    else if (Array.isArray(value)) {
      bytes += 32 + 8 * value.length;
      for (const item of value as unknown[]) pending.push(item);
    } else {
      const entries = Object.entries(value);
      bytes += 64;
      for (const [name, part] of entries) {
        bytes += 32 + 2 * name.length;
        pending.push(part);
      }
    }
  }
  return bytes;
}

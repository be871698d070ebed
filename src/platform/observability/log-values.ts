import { types } from 'node:util';

/*
 * Selects what may be logged: primitives, plain data within limits, and the listed fields of errors. Anything else is
 * logged as the name of its class, because errors of drivers refer to their client, which has sockets, passwords and
 * the backend's cancel key.
 */

const DEPTH_MAX = 5;
const CAUSES_MAX = 4;
const ITEMS_MAX = 30;
/** Budget of each field of a log call: a value costs 1, a string 1 per 100 characters, an error 20. */
const BUDGET = 300;
const ERROR_COST = 20;
const STRING_LENGTH_MAX = 1_000;
const FIELD_LENGTH_MAX = 300;
const STACK_LENGTH_MAX = 3_000;
/** Longer than any secret, so that one at the cut is still recognized. */
const LOOK_AHEAD = 4_000;

const errorFields = [
  'code',
  'errno',
  'syscall',
  'address',
  'port',
  'path',
  'status',
  'field',
  // Fields of PostgreSQL. `detail`, `where` and `internalQuery` are omitted, because they quote rows and statements.
  'severity',
  'schema',
  'table',
  'column',
  'dataType',
  'constraint',
  'routine',
  // The corresponding fields of Prisma's driver adapter.
  'kind',
  'originalCode',
  'originalMessage',
] as const;

const secretName = /authorization|cookie|credential|passw|secret|token|api_?key|private_?key/i;

interface Budget {
  left: number;
}

/** Returns the loggable part of a value as plain data. Never throws. */
export function toLoggable(value: unknown): unknown {
  return toPlain(value, 0, { left: BUDGET });
}

/** Replaces passwords in URLs, bearer tokens and JWTs. Keeps JSON valid. */
export function redactSecrets(text: string): string {
  // guard: log-jwts
  // guard: log-tokens
  // guard: log-url-passwords
  return text
    .replaceAll(/\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s:@/"\\]*):[^\s/"\\]*@/gi, '$1:[redacted]@')
    .replaceAll(/([?&;](?:\w{0,20}password|token|secret|access_token)=)[^&\s"\\]*/gi, '$1[redacted]')
    .replaceAll(/\b(bearer|basic)\s+[^\s"',\\]+/gi, '$1 [redacted]')
    .replaceAll(/\beyJ[\w-]{4,}\.[\w-]*(?:\.[\w-]*)?/g, '[redacted]');
}

function toPlain(value: unknown, depth: number, budget: Budget): unknown {
  if (budget.left-- <= 0) return '[cut]';
  try {
    if (typeof value === 'string') return stringToPlain(value, budget);
    if (typeof value === 'bigint') return value.toString();
    if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`;
    if (typeof value !== 'object' || value === null) return value;
    if (isError(value)) return errorToPlain(value, depth, budget);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? '[invalid date]' : value.toISOString();
    if (depth >= DEPTH_MAX) return `[${getClassName(value)}]`;
    if (Array.isArray(value)) return arrayToPlain(value, depth, budget);
    // guard: class-instance-logged-by-name
    return isPlainObject(value) ? objectToPlain(value, depth, budget) : `[${getClassName(value)}]`;
  } catch {
    return '[unreadable]'; // A getter or proxy threw.
  }
}

function stringToPlain(text: string, budget: Budget): string {
  const plain = cut(text, STRING_LENGTH_MAX);
  budget.left -= plain.length / 100;
  return plain;
}

function arrayToPlain(values: readonly unknown[], depth: number, budget: Budget): unknown[] {
  const plain = values.slice(0, ITEMS_MAX).map((value) => toPlain(value, depth + 1, budget));
  if (values.length > ITEMS_MAX) plain.push(`[${values.length - ITEMS_MAX} more]`);
  return plain;
}

function objectToPlain(object: object, depth: number, budget: Budget): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  for (const key of Object.keys(object).slice(0, ITEMS_MAX)) {
    const value = read(object, key);
    // Each top-level field has its own budget, so that a large error does not displace the request ID.
    const own = depth === 0 ? { left: BUDGET } : budget;
    const isSecret = secretName.test(key) && value != null && typeof value !== 'boolean'; // guard: log-secret-fields
    plain[cut(key, 100)] = isSecret ? '[redacted]' : toPlain(value, depth + 1, own);
  }
  return plain;
}

function errorToPlain(error: object, depth: number, budget: Budget): Record<string, unknown> {
  budget.left -= ERROR_COST; // guard: log-budget
  const name = read(error, 'name');
  const message = read(error, 'message');
  const plain: Record<string, unknown> = {
    type: typeof name === 'string' ? cut(name, 100) : getClassName(error),
    message: typeof message === 'string' ? cut(message, STRING_LENGTH_MAX) : '',
    ...pickFields(error),
  };
  const frames = getFrames(read(error, 'stack'));
  if (frames !== '') plain['stack'] = `${String(plain['type'])}: ${String(plain['message'])}${frames}`;
  const command: unknown = read(read(error, 'command'), 'name');
  if (typeof command === 'string') plain['command'] = cut(command, 100);
  if (depth >= CAUSES_MAX) return plain;
  const cause = getCause(error);
  if (cause !== undefined) plain['cause'] = causeToPlain(cause, depth + 1, budget);
  const errors = read(error, 'errors');
  if (Array.isArray(errors))
    plain['errors'] = errors.slice(0, 5).map((one) => causeToPlain(one, depth + 1, budget));
  return plain;
}

/** Picks the allowed fields that are primitives, and the path of a GraphQL error. */
function pickFields(error: object): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  // guard: logged-error-fields
  for (const field of errorFields) {
    const value = read(error, field);
    if (typeof value === 'string') fields[field] = cut(value, FIELD_LENGTH_MAX);
    else if (typeof value === 'number' || typeof value === 'boolean') fields[field] = value;
    else if (field === 'path' && Array.isArray(value)) fields[field] = formatPath(value);
  }
  return fields;
}

function formatPath(steps: readonly unknown[]): string {
  const isStep = (step: unknown) => typeof step === 'string' || typeof step === 'number';
  const shown = steps.slice(0, ITEMS_MAX).filter(isStep);
  return shown.map((step) => cut(String(step), 100)).join('.');
}

function getCause(error: object): unknown {
  return (
    read(error, 'cause') ?? read(error, 'originalError') ?? read(read(error, 'meta'), 'driverAdapterError')
  );
}

/** A cause from Prisma's driver adapter is a plain object; the fields of errors are allowed for it too. */
function causeToPlain(cause: unknown, depth: number, budget: Budget): unknown {
  const isObject = typeof cause === 'object' && cause !== null;
  if (!isObject || isError(cause) || !isPlainObject(cause)) return toPlain(cause, depth, budget);
  return budget.left-- <= 0 ? '[cut]' : pickFields(cause);
}

/** Returns the lines of a stack below its message, which may be long and is logged separately. */
function getFrames(stack: unknown): string {
  if (typeof stack !== 'string') return '';
  const start = stack.search(/\n {4}at /);
  return start === -1 ? '' : cut(stack.slice(start), STACK_LENGTH_MAX);
}

function isError(value: object): boolean {
  return value instanceof Error || types.isNativeError(value);
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

function getClassName(value: object): string {
  const name = read(read(value, 'constructor'), 'name');
  return typeof name === 'string' ? cut(name, 100) : 'object';
}

function read(object: unknown, key: string): unknown {
  try {
    return (object as Record<string, unknown> | null | undefined)?.[key];
  } catch {
    return undefined;
  }
}

/** Cuts a text after removing secrets, because the cut could leave half of one unrecognized. */
function cut(text: string, lengthMax: number): string {
  const clean = redactSecrets(text.slice(0, lengthMax + LOOK_AHEAD));
  return clean.length > lengthMax || text.length > lengthMax + LOOK_AHEAD
    ? `${clean.slice(0, lengthMax)}…`
    : clean;
}

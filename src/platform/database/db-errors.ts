/**
 * Kinds of database errors, by what they mean for the caller:
 * - `transient`: the transaction was rolled back; a retry may succeed (deadlock, serialization failure, lock timeout).
 * - `connection`: the connection broke, or none was available. Before COMMIT nothing was changed; during COMMIT the
 *   outcome is unknown.
 * - `exhausted`: the server ran out of disk, memory or another resource (class 53). The transaction was rolled back,
 *   and an immediate retry would fail too.
 * - `readOnly`: the server does not accept writes at this time.
 * - `permanent`: a retry would fail too.
 */
export type DbErrorKind = 'transient' | 'connection' | 'exhausted' | 'readOnly' | 'permanent';

const transientStates = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '55P03', // lock_not_available (lock_timeout)
  '57014', // query_canceled (statement_timeout)
  '25P03', // idle_in_transaction_session_timeout
  '25P04', // transaction_timeout
  '53300', // too_many_connections
]);

/** P1001: unreachable. P1002, P1008: timeouts. P1017: closed. P2024, P2028: the pool is used up. */
const prismaConnectionCodes = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028']);

/**
 * Codes of the network. If a host name has several addresses and none can be reached, the error has the code of the first one,
 * and no message.
 */
const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EADDRNOTAVAIL',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ENETRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** Drivers report a broken connection as a plain Error without a code, so only its message identifies it. */
const connectionMessage =
  /connection (terminated|closed|refused|reset)|server (has )?closed the connection|ConnectionClosed|SocketTimeout|DatabaseNotReachable|TooManyConnections|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|timeout exceeded when trying to connect|not queryable|Can't reach database|Transaction API error|Transaction already closed|Connection terminated|terminating connection|the database system is/i;

const PROTOCOL_VIOLATION = '08P01';
/**
 * Messages of PgBouncer's outages. It reports nearly every problem as a protocol violation: these, and wrong
 * configurations such as `unsupported startup parameter: options` or `no such database: sellout`.
 */
const poolerOutage =
  /^(?!.*startup parameter).*(server login|cannot connect|connect failed|timeout|server (conn|down)|no more connections|shutting down|is disabled|no memory)/i;

/** What Prisma's adapter says of an error of the driver. */
interface AdapterCause {
  readonly originalCode?: unknown;
  readonly originalMessage?: unknown;
  readonly kind?: unknown;
  readonly severity?: unknown;
  readonly message?: unknown;
}

interface LooseError {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
  readonly meta?: {
    readonly code?: unknown;
    readonly driverAdapterError?: { readonly cause?: AdapterCause };
  };
}

/** A SQLSTATE of PostgreSQL has a digit. EPIPE, which sockets report, looks like one without. */
const SQLSTATE = /^(?=.*\d)[0-9A-Z]{5}$/; // guard: socket-error-without-sqlstate

/**
 * Returns what the adapter says of an error, if it does. Prisma wraps the adapter's error if a statement of a caller fails, but
 * not if its own COMMIT fails.
 */
function getAdapterCause({ meta, cause }: LooseError): AdapterCause | undefined {
  return meta?.driverAdapterError?.cause ?? (cause as AdapterCause | undefined); // guard: failed-commit-classified
}

/** Returns the SQLSTATE of an error, also if Prisma or its adapter wrapped it; undefined if it has none. */
export function getSqlState(error: unknown): string | undefined {
  const loose = error as LooseError;
  const candidates = [getAdapterCause(loose)?.originalCode, loose.meta?.code, loose.code];
  return candidates.find(
    (code): code is string => typeof code === 'string' && SQLSTATE.test(code) && !/^P[12]\d{3}$/.test(code),
  );
}

/** Returns whether the server rejected text that it cannot store, such as NUL. Only clients send such text. */
export function isUnstorableText(error: unknown): boolean {
  const state = getSqlState(error);
  return state === '22021' || state === '22P05'; // character_not_in_repertoire, untranslatable_character
}

/** Classifies an error of the database or its driver. */
export function classifyDbError(error: unknown): DbErrorKind {
  const state = getSqlState(error);
  if (state !== undefined) {
    // Ends the server and all its connections. The next primary may have what this one lacked.
    if (getAdapterCause(error as LooseError)?.severity === 'PANIC') return 'connection'; // guard: panic-ends-connections
    if (transientStates.has(state)) return 'transient';
    if (state === '25006') return 'readOnly';
    // guard: exhausted-server-not-retried
    if (state.startsWith('53')) return 'exhausted'; // such as 53100 disk_full, 53200 out_of_memory
    // guard: pooler-misconfigured
    if (state === PROTOCOL_VIOLATION)
      return getMessages(error).some(isPoolerOutage) ? 'connection' : 'permanent';
    // 08: connection exceptions. 57P01 to 57P05: the server shuts down, is starting, or ended the session.
    if (state.startsWith('08') || state.startsWith('57P')) return 'connection';
    return 'permanent';
  }
  const code = String((error as LooseError).code);
  if (prismaConnectionCodes.has(code) || networkCodes.has(code)) return 'connection'; // guard: network-code-is-connection
  return getMessages(error).some((message) => connectionMessage.test(message)) ? 'connection' : 'permanent';
}

function isPoolerOutage(message: string): boolean {
  return poolerOutage.test(message);
}

function getMessages(error: unknown): string[] {
  const loose = error as LooseError;
  const adapter = getAdapterCause(loose);
  const messages = [loose.message, adapter?.kind, adapter?.originalMessage, adapter?.message];
  return messages.filter((text) => typeof text === 'string');
}

import { pino, type DestinationStream, type Logger } from 'pino';
import { currentRequest } from '../request-scope.ts';
import { toLoggable, redactSecrets } from './log-values.ts';

export type { Logger };

let output: DestinationStream | undefined;

/** Sends the lines of all loggers that are created from now on to this stream instead of standard output. */
export function setLogOutput(destination: DestinationStream): void {
  output = destination;
}

/**
 * Creates a structured logger that writes one JSON object per line to standard output. An allowlist decides which parts
 * of a value are logged. Anything that still looks like a credential is removed from the finished line. Each line has
 * the IDs of the current request.
 */
export function createLogger(level: string, destination = output): Logger {
  // guard: log-message-scrubbed
  const options = {
    level,
    base: null,
    mixin: getRequestIds,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: {
      level: (label: string) => ({ level: label }),
      bindings: (bindings: object) => toLoggable(bindings) as Record<string, unknown>,
      log: (fields: object) => toLoggable(fields) as Record<string, unknown>,
    },
    // pino's own serializer copies every field of an error. `msg` is an error's message if the call gives none.
    serializers: { err: toLoggable, msg: toLoggable },
    hooks: { streamWrite: redactSecrets },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/**
 * Returns a logger for the lines of the hot path. It logs fields as they are, in a third of the time: they must be numbers,
 * IDs, names of ours, or texts that are bounded and validated.
 */
export function createFastLogger(logger: Logger): Logger {
  return logger.child({}, { formatters: { log: (fields) => fields } });
}

function getRequestIds(): object {
  const request = currentRequest();
  return request === undefined ? {} : { requestId: request.requestId, traceId: request.trace.traceId };
}

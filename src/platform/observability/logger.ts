import { pino, type DestinationStream, type Logger } from 'pino';
import { toLoggable, redactSecrets } from './log-values.ts';

export type { Logger };

/**
 * Creates a structured logger that writes one JSON object per line to standard output. An allowlist decides which parts
 * of a value are logged. Anything that still looks like a credential is removed from the finished line.
 */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  // guard: log-message-scrubbed
  const options = {
    level,
    base: null,
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

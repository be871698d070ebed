import { pino, type DestinationStream, type Logger } from 'pino';
import { loggable, withoutSecrets } from './log-values.ts';

export type { Logger };

/**
 * Structured logs, one JSON object a line, on standard output. An allow list decides what of a value gets into a line;
 * whatever still looks like a credential is taken out of the finished line.
 */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  // guard: log-message-scrubbed
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: {
      level: (label: string) => ({ level: label }),
      bindings: (bindings: object) => loggable(bindings) as Record<string, unknown>,
      log: (fields: object) => loggable(fields) as Record<string, unknown>,
    },
    // pino's own serializer would copy every field of an error. The message is that of an error if none is given.
    serializers: { err: loggable, msg: loggable },
    hooks: { streamWrite: withoutSecrets },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

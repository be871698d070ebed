import { pino, type Logger } from 'pino';

export type { Logger };

/** Structured logs, one JSON object a line, on standard output. Tokens never reach a line. */
export function createLogger(level: string): Logger {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: ['authorization', '*.authorization', 'token', '*.token'],
  });
}

import { build } from 'pino-pretty';

/** A stream of log lines. */
export interface LogStream {
  write(line: string): void;
}

/**
 * Formats log lines for reading. Keeps them back until `release`, so that they do not run into the lines of steps that are
 * being shown.
 */
export class TerminalLog implements LogStream {
  readonly #out: LogStream;
  #early: string[] | null = [];

  constructor(out: NodeJS.WritableStream & { readonly isTTY?: boolean } = process.stdout) {
    this.#out = build({
      destination: out,
      colorize: out.isTTY === true && process.env['NO_COLOR'] === undefined,
      singleLine: true,
      translateTime: 'SYS:HH:MM:ss.l',
      // Long, and of use only beside the logs of other servers.
      ignore: 'traceId',
    });
  }

  write(line: string): void {
    if (this.#early === null) this.#out.write(line);
    else this.#early.push(line);
  }

  release(): void {
    const early = this.#early ?? [];
    this.#early = null;
    for (const line of early) this.#out.write(line);
  }
}

/** A command was called wrongly: its message is what is wrong, and how to call it. */
export class UsageError extends Error {
  constructor(usage: string, message: string) {
    super(`${message}\n\n${usage}`);
    this.name = 'UsageError';
  }

  /** What node:util's parseArgs says of wrong arguments (a TypeError) is no fault of ours. */
  static wrap<T>(usage: string, parse: () => T): T {
    try {
      return parse();
    } catch (error) {
      throw new UsageError(usage, error instanceof Error ? error.message : String(error));
    }
  }
}

/** In the spelling that tokens and the database have. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

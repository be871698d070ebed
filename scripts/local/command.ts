import path from 'node:path';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { getUsage } from '../bootstrap/usages.mjs';

/** Root folder of the repository. */
export const ROOT = path.join(import.meta.dirname, '../..');

/** An invalid call of a command of package.json. The message states the mistake and prints the command's usage. */
export class UsageError extends Error {
  constructor(command: string, message: string) {
    super(`${message}\n\n${getUsage(command)}`);
    this.name = 'UsageError';
  }
}

/** Runs a command to its end. An error becomes a message on stderr and exit code 1. */
export async function runCommand(work: () => Promise<void> | void): Promise<void> {
  try {
    await work();
  } catch (error) {
    process.stderr.write(`\n${explain(error)}\n`);
    process.exitCode = 1;
  }
}

/** Formats an error for a terminal: with its stack if it looks like a bug, else only its message. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof SuppressedError) {
    const failures = [error.suppressed, error.error].map(explain);
    return failures.join('\nThen, while everything was stopped:\n');
  }
  if (error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError) {
    return error.stack ?? error.message;
  }
  return error.message;
}

/** Parses the arguments of a command. @throws {UsageError} for unknown arguments. */
export function readArguments<T extends ParseArgsConfig>(command: string, config: T) {
  try {
    return parseArgs(config);
  } catch (error) {
    // A TypeError of node:util, whose message is meant for users.
    throw new UsageError(command, error instanceof Error ? error.message : String(error));
  }
}

/** @throws {UsageError} if a command that takes no arguments was given one. */
export function refuseArguments(command: string): void {
  readArguments(command, { options: {} });
}

/** Accepts only the lowercase spelling that tokens and the database use. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

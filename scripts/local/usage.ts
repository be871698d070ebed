import { parseArgs, type ParseArgsConfig } from 'node:util';
import { getUsage } from '../bootstrap/usages.mjs';

/** A wrong call of a command of package.json. The message says what is wrong and how to call the command. */
export class UsageError extends Error {
  constructor(command: string, message: string) {
    super(`${message}\n\n${getUsage(command)}`);
    this.name = 'UsageError';
  }
}

/** Parses the arguments of a command. @throws {UsageError} for arguments that it does not take. */
export function readArguments<T extends ParseArgsConfig>(command: string, config: T) {
  try {
    return parseArgs(config);
  } catch (error) {
    // A TypeError of node:util, with a message for the caller.
    throw new UsageError(command, error instanceof Error ? error.message : String(error));
  }
}

/** @throws {UsageError} if a command that takes no arguments was given one. */
export function refuseArguments(command: string): void {
  readArguments(command, { options: {} });
}

/** In the spelling that tokens and the database have. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

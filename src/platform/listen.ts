import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { StartupError } from './errors.ts';

/**
 * Connections that wait to be accepted. Node accepts one per turn of the event loop, so that a crowd waits here; of more, the
 * kernel drops the first packets, and clients try again after 1, 3, 7 … s. The system may allow fewer (`somaxconn`).
 */
const BACKLOG = 4_096;

/** Starts a TCP server and returns its port. Port 0 selects a free one. */
export async function listen(server: Server, port: number, host?: string): Promise<number> {
  server.listen({ port, host, backlog: BACKLOG });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const addressProblems = new Set(['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EINVAL']);

interface ListenAddress {
  /** Environment variable that sets the port. The one that sets the address has HOST in place of PORT. */
  readonly variable: string;
  readonly port: number;
  readonly host?: string;
}

/** Turns a common error of `listen` into advice for the operator. Returns any other error unchanged. */
export function explainListenError(error: unknown, { variable, port, host = '' }: ListenAddress): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const because = (message: string) => new StartupError(message, { cause: error });
  if (code === 'EADDRINUSE')
    return because(
      `${variable}: port ${port} is in use by another program. Choose another port, such as ${variable}=${port + 1}.`,
    );
  if (code === 'EACCES')
    return because(
      `${variable}: port ${port} requires privileges that this user does not have. Choose one above 1023, such as ` +
        `${variable}=4000, and let a reverse proxy listen on ${port}.`,
    );
  if (code !== undefined && addressProblems.has(code))
    return because(
      `${variable.replace('PORT', 'HOST')}: ${host} is not an address of this machine (${code}).`,
    );
  return error;
}

/** Awaits `listening`. @throws {StartupError} for a common error of `listen`. */
export async function awaitListening<T>(listening: Promise<T>, address: ListenAddress): Promise<T> {
  try {
    return await listening;
  } catch (error) {
    throw explainListenError(error, address);
  }
}

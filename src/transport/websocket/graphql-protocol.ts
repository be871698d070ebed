import { makeServer, type Context, type Server } from 'graphql-ws';
import type { Identity } from '../../identity/identity.ts';
import { findViewer } from '../authorize.ts';
import type { Connection } from './connection.ts';

type Session = Context<Record<string, unknown>, Connection>;

export interface ProtocolContext {
  readonly identity: Identity;
  readonly initTimeoutMs: number;
}

/**
 * Creates the server side of the connections of graphql-transport-ws: their initialization and its timeout, pings, and close
 * codes. Operations do not reach it.
 */
export function createGraphQLProtocol({ identity, initTimeoutMs }: ProtocolContext): Server<Connection> {
  return makeServer<Record<string, unknown>, Connection>({
    connectionInitWaitTimeout: initTimeoutMs,
    onConnect: (session) => connect(identity, session),
  });
}

/**
 * Acknowledges every connection, because watching seats needs no token. A connection with an invalid token has no viewer.
 * If a token cannot be checked now, the socket is closed, so that the client retries instead of being treated as anonymous.
 *
 * @throws {UncheckedTokenError}
 */
async function connect(identity: Identity, session: Session): Promise<boolean> {
  const connection = session.extra;
  connection.session = session;
  const authorization = session.connectionParams?.['authorization'];
  if (typeof authorization !== 'string') return true;
  await findViewer(identity, authorization); // guard: socket-token-checked-first
  connection.authorization = authorization;
  return true;
}

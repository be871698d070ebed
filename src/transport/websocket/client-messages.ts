import { CloseCode, MessageType, parseMessage, type Message } from 'graphql-ws';
import { exceededJsonLimit } from '../../graphql/engine/graphql-params.ts';
import { operationLimits } from '../../graphql/engine/limits.ts';
import { socketLimits } from '../limits.ts';

/** The code and reason with which to close a socket. */
export interface CloseReason {
  readonly kind: 'close';
  readonly code: number;
  readonly reason: string;
}

/** A valid message of a client. Operations are run by this server; the messages of a connection go to graphql-ws. */
export type ClientMessage =
  | { readonly kind: 'subscribe'; readonly id: string; readonly params: unknown }
  | { readonly kind: 'complete'; readonly id: string }
  | { readonly kind: 'connection'; readonly text: string };

const badRequest = (reason: string): CloseReason => ({ kind: 'close', code: CloseCode.BadRequest, reason });

/**
 * Parses a message of a client. graphql-ws retains the payload of connection_init as long as the socket is open, so it gets
 * nothing of it but the authorization.
 */
export function readClientMessage(text: string): ClientMessage | CloseReason {
  let message: Message;
  try {
    message = parseMessage(text);
  } catch {
    return badRequest('Invalid message received');
  }
  const exceeded = exceededJsonLimit(message, operationLimits.json);
  if (exceeded === 'depth') return badRequest('Message is nested too deeply'); // guard: socket-message-depth
  if (exceeded === 'values') return badRequest('Message has too many values');
  switch (message.type) {
    case MessageType.Subscribe: {
      const { id, payload } = message;
      // guard: operation-id-length
      if (Buffer.byteLength(id) > socketLimits.idBytesMax) return badRequest('Operation id is too long');
      return { kind: 'subscribe', id, params: payload };
    }
    case MessageType.Complete:
      return { kind: 'complete', id: message.id };
    case MessageType.ConnectionInit: {
      // guard: socket-keeps-authorization-only
      const payload = pickAuthorization(message.payload);
      return { kind: 'connection', text: JSON.stringify({ type: message.type, payload }) };
    }
    case MessageType.Ping:
    case MessageType.Pong:
      return { kind: 'connection', text };
    default:
      // guard: client-message-types
      return badRequest('Message type is reserved for the server');
  }
}

/** No valid token is longer, and the socket retains it. */
const AUTHORIZATION_LENGTH_MAX = 8_200;

function pickAuthorization(payload: Record<string, unknown> | undefined): Record<string, unknown> {
  const given = payload?.['authorization'] ?? payload?.['Authorization'];
  if (given === undefined || given === null) return {};
  const fits = typeof given === 'string' && given.length <= AUTHORIZATION_LENGTH_MAX;
  return { authorization: fits ? given : false };
}

import { CloseCode, MessageType, parseMessage, type Message } from 'graphql-ws';
import { exceededJsonLimit } from '../../graphql/engine/graphql-params.ts';
import { operationLimits } from '../../graphql/engine/limits.ts';
import { socketLimits } from '../limits.ts';

/** The code and reason with which to close a socket. */
export interface CloseReason {
  readonly code: number;
  readonly reason: string;
}

const badRequest = (reason: string): CloseReason => ({ code: CloseCode.BadRequest, reason });

/**
 * Translates the operation IDs of a client. graphql-ws identifies an operation by its ID even while it ends. A client may
 * reuse an ID as soon as it has completed the operation, and would then get the end of the old operation as that of the new
 * one. So graphql-ws gets a unique number for each operation, which is replaced by the client's ID in outgoing messages.
 * Messages about an operation that the client has completed are dropped.
 *
 * graphql-ws also retains each message as long as the operation or the socket lasts. So it gets only what it needs: the
 * number of an operation, and the authorization from the payload of connection_init.
 */
export class OperationIds {
  readonly #numbers = new Map<string, string>();
  readonly #ids = new Map<string, string>();
  /** Parameters of operations that graphql-ws has not started yet. */
  readonly #params = new Map<string, unknown>();
  #last = 0;

  /** Translates a message of the client for graphql-ws. Returns null if the message needs no action. */
  incoming(text: string): Message | CloseReason | null {
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
        const { id, type, payload } = message;
        // guard: operation-id-length
        if (Buffer.byteLength(id) > socketLimits.idBytesMax) return badRequest('Operation id is too long');
        // guard: operation-id-unique
        if (this.#numbers.has(id))
          return { code: CloseCode.SubscriberAlreadyExists, reason: `Subscriber for ${id} already exists` };
        const number = String(++this.#last); // guard: reused-operation-id
        this.#numbers.set(id, number);
        this.#ids.set(number, id);
        this.#params.set(number, payload);
        return { id: number, type, payload: { query: '' } }; // guard: socket-keeps-no-parameters
      }
      case MessageType.Complete: {
        const number = this.#numbers.get(message.id);
        if (number === undefined) return null;
        this.#end(number);
        return { id: number, type: message.type };
      }
      case MessageType.ConnectionInit:
        // guard: socket-keeps-authorization-only
        return { type: message.type, payload: pickAuthorization(message.payload) };
      case MessageType.Ping:
      case MessageType.Pong:
        return message;
      default:
        // guard: client-message-types
        return badRequest('Message type is reserved for the server');
    }
  }

  /** Translates a message of graphql-ws for the client. Returns null if the client has completed the operation. */
  outgoing(text: string): string | null {
    const [head, number, type] = /^\{"id":"(\d+)","type":"(\w+)"/.exec(text) ?? [];
    if (head === undefined || number === undefined) return text;
    const id = this.#ids.get(number);
    if (id === undefined) return null; // guard: completed-operation-silent
    if (type !== MessageType.Next) this.#end(number);
    return `{"id":${JSON.stringify(id)},"type":"${type}"${text.slice(head.length)}`;
  }

  /** Returns the client's ID of an operation; null if the client has completed it. */
  getClientId(number: string): string | null {
    return this.#ids.get(number) ?? null;
  }

  /** Returns the parameters of an operation, and forgets them. */
  takeParams(number: string): unknown {
    const params = this.#params.get(number);
    this.#params.delete(number);
    return params;
  }

  #end(number: string): void {
    this.#params.delete(number);
    this.#numbers.delete(this.#ids.get(number) ?? '');
    this.#ids.delete(number);
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

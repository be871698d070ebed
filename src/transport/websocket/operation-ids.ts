import { CloseCode, MessageType, parseMessage, type Message } from 'graphql-ws';
import { exceededJsonLimit } from '../../graphql/engine/json-size.ts';
import { operationLimits } from '../../graphql/engine/limits.ts';
import { socketLimits } from '../limits.ts';

/** Why a socket is closed. */
export interface Closing {
  readonly code: number;
  readonly reason: string;
}

const badRequest = (reason: string): Closing => ({ code: CloseCode.BadRequest, reason });

/**
 * graphql-ws knows an operation by its id alone, also while that comes to its end. A client may use an id again as soon
 * as it has completed what it used it for, and would then be told the end of the old one as that of the new. So towards
 * graphql-ws every operation of a socket has a number of its own, which is the client's id on the way out; what is told of
 * an operation that the client has completed goes nowhere.
 *
 * graphql-ws also keeps each message as long as the operation or the socket lasts. It gets only what it needs of one: of
 * an operation its number, of a connection's payload the authorization.
 */
export class OperationIds {
  readonly #numbers = new Map<string, string>();
  readonly #ids = new Map<string, string>();
  /** Parameters of operations that graphql-ws has not asked for yet. */
  readonly #params = new Map<string, unknown>();
  #last = 0;

  /** A client's message as graphql-ws is to get it. Null: there is nothing to be done about it. */
  incoming(text: string): Message | Closing | null {
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
        return { type: message.type, payload: authorizationOf(message.payload) };
      case MessageType.Ping:
      case MessageType.Pong:
        return message;
      default:
        // guard: client-message-types
        return badRequest('Message type is reserved for the server');
    }
  }

  /** A message of graphql-ws as the client is to get it; null where the client has completed its operation. */
  outgoing(text: string): string | null {
    const [head, number, type] = /^\{"id":"(\d+)","type":"(\w+)"/.exec(text) ?? [];
    if (head === undefined || number === undefined) return text;
    const id = this.#ids.get(number);
    if (id === undefined) return null; // guard: completed-operation-silent
    if (type !== MessageType.Next) this.#end(number);
    return `{"id":${JSON.stringify(id)},"type":"${type}"${text.slice(head.length)}`;
  }

  /** Returns the client's id of an operation; null if the client has completed it already. */
  idOf(number: string): string | null {
    return this.#ids.get(number) ?? null;
  }

  /** Returns the parameters of an operation that has begun, once. */
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

/** No valid token is longer, and the socket keeps it. */
const AUTHORIZATION_LENGTH_MAX = 8_200;

function authorizationOf(payload: Record<string, unknown> | undefined): Record<string, unknown> {
  const given = payload?.['authorization'] ?? payload?.['Authorization'];
  if (given === undefined || given === null) return {};
  const fits = typeof given === 'string' && given.length <= AUTHORIZATION_LENGTH_MAX;
  return { authorization: fits ? given : false };
}

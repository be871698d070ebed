import { CloseCode, MessageType, parseMessage, type Message } from 'graphql-ws';
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
 */
export class OperationIds {
  readonly #numbers = new Map<string, string>();
  readonly #ids = new Map<string, string>();
  #last = 0;

  /** A client's message as graphql-ws is to get it. Null: there is nothing to be done about it. */
  incoming(text: string): Message | Closing | null {
    let message: Message;
    try {
      message = parseMessage(text);
    } catch {
      return badRequest('Invalid message received');
    }
    switch (message.type) {
      case MessageType.Subscribe: {
        const { id, type, payload } = message;
        if (Buffer.byteLength(id) > socketLimits.idBytesMax) return badRequest('The id is too long');
        if (this.#numbers.has(id))
          return { code: CloseCode.SubscriberAlreadyExists, reason: `Subscriber for ${id} already exists` };
        const number = String(++this.#last);
        this.#numbers.set(id, number);
        this.#ids.set(number, id);
        return { id: number, type, payload };
      }
      case MessageType.Complete: {
        const number = this.#numbers.get(message.id);
        if (number === undefined) return null;
        this.#end(number);
        return { id: number, type: message.type };
      }
      case MessageType.ConnectionInit:
      case MessageType.Ping:
      case MessageType.Pong:
        return message;
      default:
        return badRequest('Only a server sends that');
    }
  }

  /** A message of graphql-ws as the client is to get it; null where the client has completed its operation. */
  outgoing(text: string): string | null {
    const [head, number, type] = /^\{"id":"(\d+)","type":"(\w+)"/.exec(text) ?? [];
    if (head === undefined || number === undefined) return text;
    const id = this.#ids.get(number);
    if (id === undefined) return null;
    if (type !== MessageType.Next) this.#end(number);
    return `{"id":${JSON.stringify(id)},"type":"${type}"${text.slice(head.length)}`;
  }

  /** The client's id of an operation that has begun. */
  idOf(number: string): string {
    const id = this.#ids.get(number);
    if (id === undefined) throw new Error(`there is no operation ${number}`);
    return id;
  }

  #end(number: string): void {
    this.#numbers.delete(this.#ids.get(number) ?? '');
    this.#ids.delete(number);
  }
}

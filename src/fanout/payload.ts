/** The serialized result of one event. It is framed for each transport when first needed. */
export class Payload {
  readonly #json: string;
  #bytes: number | undefined;
  #tail: Buffer | undefined;
  #event: Buffer | undefined;

  constructor(json: string) {
    this.#json = json;
  }

  get characters(): number {
    return this.#json.length;
  }

  /** Size in UTF-8. */
  get bytes(): number {
    return (this.#bytes ??= Buffer.byteLength(this.#json));
  }

  /** The part of a WebSocket message after `"payload":`. It is the same for all subscribers. */
  get tail(): Buffer {
    return (this.#tail ??= Buffer.from(`${this.#json}}`));
  }

  /** The server-sent event. It is the same for all subscribers. */
  get event(): Buffer {
    return (this.#event ??= Buffer.from(`event: next\ndata: ${this.#json}\n\n`));
  }
}

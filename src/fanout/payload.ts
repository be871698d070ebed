/** One message as one operation shows it: executed and serialised once, framed for each transport when first needed. */
export class Payload {
  readonly #json: string;
  #tail: Buffer | undefined;
  #event: Buffer | undefined;

  constructor(json: string) {
    this.#json = json;
  }

  get characters(): number {
    return this.#json.length;
  }

  /** What follows `"payload":` in a WebSocket message. */
  get tail(): Buffer {
    return (this.#tail ??= Buffer.from(`${this.#json}}`));
  }

  /** The same for every reader of an event stream. */
  get event(): Buffer {
    return (this.#event ??= Buffer.from(`event: next\ndata: ${this.#json}\n\n`));
  }
}

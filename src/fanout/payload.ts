import { Cache } from '../platform/cache.ts';
import { formatErrors, limitErrors } from '../graphql/engine/errors/response-errors.ts';
import type { Engine } from '../graphql/engine/engine.ts';
import { toGraphQLError } from '../graphql/engine/errors/to-graphql-error.ts';
import { executePlan } from '../graphql/engine/execution/execute-plan.ts';
import { isPromise } from '../graphql/engine/execution/maybe-promise.ts';
import type { SharedOperation } from '../graphql/engine/shared-operation.ts';
import { metrics } from '../platform/observability/metrics.ts';
import { uuidV7 } from '../platform/ids.ts';

/** The serialized result of one event. It is framed for each transport when first needed. */
export class Payload {
  readonly #json: string;
  #bytes: number | undefined;
  #tailText: string | undefined;
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
  get tailText(): string {
    return (this.#tailText ??= `${this.#json}}`);
  }

  /** The same in UTF-8. */
  get tail(): Buffer {
    return (this.#tail ??= Buffer.from(this.tailText));
  }

  get tailBytes(): number {
    return this.bytes + 1;
  }

  /** The server-sent event. It is the same for all subscribers. */
  get event(): Buffer {
    return (this.#event ??= Buffer.from(`event: next\ndata: ${this.#json}\n\n`));
  }
}

/** Estimated memory of an entry besides its text, in characters: its keys, its maps and the payload object. */
const ENTRY_CHARACTERS = 500;

type PayloadsByOperation = Map<string, { readonly id: number; readonly payload: Payload }>;

interface Entry {
  /** Weak, so that payloads are freed with their message. */
  readonly payloads: WeakRef<PayloadsByOperation>;
  readonly key: string;
  readonly characters: number;
}

/**
 * Caches payloads by message and operation for as long as the message is in use, which on a quiet event is long. Clients
 * can invent any number of operations, so the total size is limited too: the least recently used payloads are evicted, and
 * rendered again on demand. The key of an operation is a hash: no client chooses its length.
 */
export class PayloadCache {
  readonly #byMessage = new WeakMap<object, PayloadsByOperation>();
  readonly #entries: Cache<number, Entry>;
  readonly #engine: Engine;
  readonly #charactersMax: number;
  readonly #render: typeof render;
  #lastId = 0;

  constructor(engine: Engine, charactersMax: number, renderMessage = render) {
    this.#engine = engine;
    this.#charactersMax = charactersMax;
    this.#render = renderMessage;
    this.#entries = new Cache({
      sizeMax: charactersMax,
      getSize: ({ characters }) => characters,
      onRemoved: ({ payloads, key }) => payloads.deref()?.delete(key),
    });
  }

  get(message: object, operation: SharedOperation): Payload {
    const { key } = operation;
    const cached = this.#byMessage.get(message)?.get(key);
    if (cached !== undefined) {
      this.#entries.get(cached.id); // Marks it as used.
      return cached.payload;
    }
    const payload = this.#render(this.#engine, operation, message);
    const payloads: PayloadsByOperation = this.#byMessage.get(message) ?? new Map();
    const id = ++this.#lastId;
    this.#byMessage.set(message, payloads.set(key, { id, payload }));
    const characters = ENTRY_CHARACTERS + payload.characters; // guard: rendered-entry-cost
    // A payload that exceeds the limit by itself replaces all others.
    const size = Math.min(characters, this.#charactersMax);
    this.#entries.set(id, { payloads: new WeakRef(payloads), key, characters: size });
    return payload;
  }
}

/**
 * Executes and serializes a message once for all subscribers of an operation. The context contains nothing of a viewer, so
 * that no field can depend on one by mistake.
 */
function render(engine: Engine, operation: SharedOperation, message: object): Payload {
  metrics.sharedExecutions.inc();
  const { errors, data } = execute(engine, operation, message);
  if (errors === undefined) return new Payload(JSON.stringify({ data }));
  // Many clients see the errors, so they must not bear the request ID of one of them.
  const mask = (error: unknown) => toGraphQLError(engine, error, uuidV7()); // guard: shared-error-request-id
  return new Payload(JSON.stringify({ errors: formatErrors(limitErrors(errors.map(mask))), data }));
}

function execute({ sharedContext }: Engine, { plan, variables }: SharedOperation, message: object) {
  // Plugins store data by context object. A new object keeps nothing from one message to the next.
  const result = executePlan(plan, { variables, context: { ...sharedContext }, root: message });
  if (!isPromise(result)) return result;
  return { errors: [new Error('A field of a shared subscription is asynchronous.')], data: null };
}

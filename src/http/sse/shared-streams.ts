import type { DocumentNode, ExecutionArgs, ExecutionResult, GraphQLError, GraphQLSchema } from 'graphql';
import type { Logger } from '../../platform/logger.ts';
import type { Park } from '../../seating/seat-updates.ts';
import type { Departures } from '../departures.ts';
import type { Caller } from '../edge.ts';
import type { Exchange } from '../exchange.ts';
import type { GraphQLParams } from '../graphql-params.ts';
import { inTime } from '../in-time.ts';
import { httpLimits } from '../limits.ts';
import type { OutletLimits } from '../shared/outlet.ts';
import { sharedOperation } from '../shared/shared-operation.ts';
import type { SharedSubscriptions } from '../shared/shared-subscriptions.ts';
import type { Yoga } from '../yoga.ts';
import { EventStream } from './event-stream.ts';
import type { StreamPlace } from './stream-place.ts';
import { streamRequest } from './stream-request.ts';

export interface SharedStreamsContext {
  readonly yoga: Yoga;
  readonly shared: SharedSubscriptions;
  readonly limits: OutletLimits;
  readonly departures: Departures;
  readonly logger: Logger;
}

/** What Yoga's plugins made of GraphQL's functions, for one operation. */
interface Plugged {
  readonly schema: GraphQLSchema;
  parse(query: string): DocumentNode;
  validate(schema: GraphQLSchema, document: DocumentNode): readonly GraphQLError[];
  contextFactory(): unknown;
  subscribe(args: ExecutionArgs): unknown;
}

/** Subscriptions over event streams whose messages, and even their bytes, are the same for all who ask the same. */
export class SharedStreams {
  readonly #ctx: SharedStreamsContext;

  constructor(ctx: SharedStreamsContext) {
    this.#ctx = ctx;
  }

  /**
   * False: it is something else, or is refused. Yoga then takes the request from its beginning, and has the answer; up
   * to here it had no effect.
   */
  async serve(exchange: Exchange, body: Buffer | null, caller: Caller, place: StreamPlace): Promise<boolean> {
    const { limits, departures, logger } = this.#ctx;
    const { req, res, query } = exchange;
    const params = streamRequest(req, query, body);
    if (params === null) return false;
    const stream = new EventStream(res, limits);
    const requestLength = body?.length ?? query.length;
    const subscription = await this.#subscribe(params, requestLength, caller, stream);
    if (subscription === null) return false;
    const end = () => leave(subscription, logger);
    if (!place.take()) {
      end();
      return true;
    }
    stream.open();
    res.once('close', end);
    res.once(
      'close',
      departures.add(() => res.end()),
    );
    // Begins it. Its messages go to the stream directly; this comes to an end with it.
    subscription.next().then(
      () => res.end(),
      (error: unknown) => {
        logger.error({ err: error, requestId: caller.requestId }, 'a shared stream failed');
        res.destroy();
      },
    );
    return true;
  }

  /** Null where it can't be shared, or fails. */
  async #subscribe(
    params: GraphQLParams,
    requestLength: number,
    caller: Caller,
    stream: EventStream,
  ): Promise<AsyncIterator<ExecutionResult> | null> {
    const { yoga, shared, logger } = this.#ctx;
    let park: Park = () => null;
    const enveloped = yoga.getEnveloped({
      caller: { ...caller, park: ((source) => park(source)) satisfies Park },
      params,
      requestLength,
    }) as Plugged;
    const { schema } = enveloped;
    const document = parsed(enveloped, params.query);
    const operation = document === null ? null : sharedOperation(schema, document, params);
    if (document === null || operation === null) return null;
    park = shared.parkFor(operation, stream.reader);
    const args = {
      schema,
      document,
      operationName: params.operationName ?? null,
      variableValues: params.variables ?? null,
      contextValue: await enveloped.contextFactory(),
    };
    const work = enveloped.subscribe(args) as Promise<ExecutionResult | AsyncIterable<ExecutionResult>>;
    const result = await inTime('the operation', httpLimits.answerTimeoutMs, work, logger, (late) => {
      if (Symbol.asyncIterator in late) leave(late[Symbol.asyncIterator](), logger);
    });
    return Symbol.asyncIterator in result ? result[Symbol.asyncIterator]() : null;
  }
}

/** Null where it is not valid. */
function parsed(plugged: Plugged, query: string): DocumentNode | null {
  try {
    const document = plugged.parse(query);
    return plugged.validate(plugged.schema, document).length === 0 ? document : null;
  } catch {
    return null;
  }
}

function leave(subscription: AsyncIterator<ExecutionResult>, logger: Logger): void {
  subscription
    .return?.()
    .catch((error: unknown) => logger.error({ err: error }, 'a subscription was not ended in order'));
}

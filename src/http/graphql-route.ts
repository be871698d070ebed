import type { Identity } from '../identity/identity.ts';
import { DeadlineError } from '../platform/deadline.ts';
import type { Logger } from '../platform/logger.ts';
import { regularMediaType } from './accept.ts';
import type { AddressCounter } from './address-counter.ts';
import { sendGraphQLError } from './answers.ts';
import { viewerOf } from './authorize.ts';
import type { Departures } from './departures.ts';
import type { Exchange } from './exchange.ts';
import { sendData, type FastPath, type PreparedOperation } from './fast-path.ts';
import { inTime } from './in-time.ts';
import { httpLimits } from './limits.ts';
import { BodyError, readBody } from './read-body.ts';
import { discard, isStream, sendResponse } from './send-response.ts';
import type { SharedStreams } from './sse/shared-streams.ts';
import { StreamPlace } from './sse/stream-place.ts';
import type { Yoga } from './yoga.ts';

export interface GraphQLRouteContext {
  readonly yoga: Yoga;
  readonly fastPath: FastPath;
  readonly identity: Identity;
  readonly logger: Logger;
  readonly streams: AddressCounter;
  readonly sharedStreams: SharedStreams;
  readonly departures: Departures;
  readonly stopping: AbortSignal;
}

const bodyCodes = {
  400: 'BAD_REQUEST',
  408: 'REQUEST_TIMEOUT',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  503: 'BUSY',
} as const;

/** `/graphql` over HTTP: queries and mutations answered at once, subscriptions as a stream of events. */
export async function handleGraphQL(ctx: GraphQLRouteContext, exchange: Exchange): Promise<void> {
  const { req, res } = exchange;
  const place = new StreamPlace(ctx, exchange);
  // Where even a mutation is answered with a stream, it must not be refused when it has been executed.
  if (asksForStream(req.headers.accept) && !place.take()) return;
  try {
    await answer(ctx, exchange, place);
  } catch (error) {
    if (res.headersSent || res.destroyed) throw error;
    if (error instanceof BodyError) return refuseBody(exchange, error);
    ctx.logger.error({ err: error, requestId: exchange.requestId }, 'request failed');
    res.setHeader('retry-after', '1');
    if (error instanceof DeadlineError) {
      const message = 'It was not done in time, and whether it was done is not known. Try again.';
      return sendGraphQLError(exchange, 503, 'BUSY', message);
    }
    return sendGraphQLError(exchange, 503, 'BUSY', 'It could not be done now. Try again.');
  }
}

async function answer(ctx: GraphQLRouteContext, exchange: Exchange, place: StreamPlace): Promise<void> {
  const { req, res, requestId } = exchange;
  const viewer = await viewerOf(ctx.identity, req.headers.authorization);
  const body = req.method === 'POST' ? await readBody(req, viewer?.role === 'ORGANIZER') : null;
  if (await ctx.sharedStreams.serve(exchange, body, { viewer, requestId }, place)) return;
  const prepared = await ctx.fastPath.prepare(req, body, { viewer, requestId });
  if (prepared !== null) return answerFast(ctx, exchange, prepared);
  const request = new ctx.yoga.fetchAPI.Request(`http://localhost/graphql${exchange.query}`, {
    // Node sends no body in answer to HEAD, whatever is written.
    method: req.method === 'HEAD' ? 'GET' : (req.method ?? 'GET'),
    headers: headersOf(req.headers),
    body: body as Uint8Array<ArrayBuffer> | null,
  });
  const requestLength = body?.length ?? exchange.query.length;
  const work = ctx.yoga.handleRequest(request, { caller: { viewer, requestId }, requestLength });
  const letGo = (response: Response) => discard(response, ctx.logger);
  const response = await inTime('the operation', httpLimits.answerTimeoutMs, work, ctx.logger, letGo);
  // Whoever takes anything (`*/*`) gets a subscription as a stream too, and nothing else.
  if (isStream(response) && !place.take()) return letGo(response);
  await sendResponse(response, res, ctx);
}

/** Whether anything that there is to say would be an event stream. */
function asksForStream(accept: string | undefined): boolean {
  return /text\/event-stream/i.test(accept ?? '') && regularMediaType(accept) === null;
}

async function answerFast(
  ctx: GraphQLRouteContext,
  { res }: Exchange,
  operation: PreparedOperation,
): Promise<void> {
  const { mediaType } = operation;
  const result = await inTime('the operation', httpLimits.answerTimeoutMs, operation.run(), ctx.logger);
  if (res.destroyed || sendData(res, result, mediaType)) return;
  await sendResponse(ctx.fastPath.responseOf(result, mediaType), res, ctx);
}

function refuseBody(exchange: Exchange, error: BodyError): void {
  const { req } = exchange;
  sendGraphQLError(exchange, error.status, bodyCodes[error.status], error.message);
  if (req.complete) return;
  // Who is still sending can't read the answer if the connection is cut under it; who goes on sending is cut off.
  req.resume();
  const timer = setTimeout(() => req.complete || req.destroy(), 2_000).unref();
  req.once('end', () => clearTimeout(timer));
}

/** Only what the parsing of a request and the choice of an answer's form look at. */
function headersOf(headers: Exchange['req']['headers']): Record<string, string> {
  const { accept, 'content-type': contentType } = headers;
  return {
    ...(accept === undefined ? {} : { accept }),
    ...(contentType === undefined ? {} : { 'content-type': contentType }),
  };
}

import { findRange, parseAccept, type MediaRange } from '../http/accept.ts';

export type RegularMediaType = 'application/json' | 'application/graphql-response+json';

/** The forms of a response that a client takes. */
export interface ResponseForms {
  /** The media type for one result; null if the client accepts neither, or prefers a stream of events. */
  readonly regular: RegularMediaType | null;
  /** Whether the client takes a stream of events. */
  readonly stream: boolean;
}

const regularTypes = ['application/json', 'application/graphql-response+json'] as const;
const streamType = 'text/event-stream';

const known = new Map<string, ResponseForms>();
const KNOWN_MAX = 200;
/** Longer values are looked at each time. */
const KNOWN_LENGTH_MAX = 500;

/** Reads an `Accept` header (RFC 9110, 12.5.1). Of equal weights the first wins; a wildcard means application/json first. */
export function responseForms(accept = '*/*'): ResponseForms {
  let forms = known.get(accept);
  if (forms === undefined) {
    forms = choose(accept.trim() === '' ? '*/*' : accept);
    if (accept.length > KNOWN_LENGTH_MAX) return forms;
    known.set(accept, forms);
    const [oldest] = known.keys();
    if (known.size > KNOWN_MAX && oldest !== undefined) known.delete(oldest);
  }
  return forms;
}

function choose(accept: string): ResponseForms {
  const ranges = parseAccept(accept);
  let best: { readonly type: RegularMediaType; readonly range: MediaRange } | null = null;
  for (const type of regularTypes) {
    const range = findRange(ranges, type);
    if (range === undefined || range.weight === 0) continue;
    if (best === null || range.weight > best.range.weight) best = { type, range };
    else if (range.weight === best.range.weight && range.at < best.range.at) best = { type, range };
  }
  const streamWeight = findRange(ranges, streamType)?.weight ?? 0;
  const prefersStream = streamWeight > (best?.range.weight ?? 0);
  return { regular: prefersStream ? null : (best?.type ?? null), stream: streamWeight > 0 };
}

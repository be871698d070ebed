import { findRange, parseAccept, type MediaRange } from '../http/accept.ts';
import { Cache } from '../platform/cache.ts';

type RegularMediaType = 'application/json' | 'application/graphql-response+json';

/** The forms of a response that a client accepts. */
export interface ResponseForms {
  /** The media type of a single result; null if the client accepts neither, or prefers an event stream. */
  readonly regular: RegularMediaType | null;
  /** True if the client accepts an event stream. */
  readonly stream: boolean;
}

const regularTypes = ['application/json', 'application/graphql-response+json'] as const;
const streamType = 'text/event-stream';

const formsByAccept = new Cache<string, ResponseForms>({ entriesMax: 200 });
/** Maximum length of a header that is cached. Longer ones are parsed each time. */
const CACHED_LENGTH_MAX = 500;

/**
 * Reads an `Accept` header (RFC 9110, 12.5.1). Among types of equal weight, the first in the header wins; for a wildcard,
 * application/json does.
 */
export function negotiateResponse(accept = '*/*'): ResponseForms {
  const cached = formsByAccept.get(accept);
  if (cached !== undefined) return cached;
  const forms = choose(accept.trim() === '' ? '*/*' : accept);
  if (accept.length <= CACHED_LENGTH_MAX) formsByAccept.set(accept, forms);
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

export type RegularMediaType = 'application/json' | 'application/graphql-response+json';

/** The forms of a response that a client takes. */
export interface ResponseForms {
  /** The media type for one result; null if the client takes neither. */
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

/** Reads an `Accept` header (RFC 9110, 12.5.1). With equal weights application/json wins, unless the client names the other alone. */
export function responseForms(accept = '*/*'): ResponseForms {
  let forms = known.get(accept);
  if (forms === undefined) {
    forms = choose(accept.trim() === '' ? '*/*' : accept);
    if (known.size >= KNOWN_MAX) known.clear();
    if (accept.length <= KNOWN_LENGTH_MAX) known.set(accept, forms);
  }
  return forms;
}

interface Range {
  readonly type: string;
  readonly weight: number;
  /** Its place in the list. */
  readonly at: number;
}

function choose(accept: string): ResponseForms {
  const ranges = accept.split(',').flatMap((item, at) => rangeOf(item, at) ?? []);
  let best: { readonly type: RegularMediaType; readonly range: Range } | null = null;
  for (const type of regularTypes) {
    const range = matching(ranges, type);
    if (range === undefined || range.weight === 0) continue;
    if (best === null || range.weight > best.range.weight) best = { type, range };
    else if (range.weight === best.range.weight && range.at < best.range.at) best = { type, range };
  }
  return { regular: best?.type ?? null, stream: (matching(ranges, streamType)?.weight ?? 0) > 0 };
}

/** The most specific range that has the type decides its weight. */
function matching(ranges: readonly Range[], type: string): Range | undefined {
  const [main = '', sub = ''] = type.split('/');
  for (const wanted of [type, `${main}/*`, `*/${sub}`, '*/*']) {
    const found = ranges.find((range) => range.type === wanted);
    if (found !== undefined) return found;
  }
  return undefined;
}

function rangeOf(item: string, at: number): Range | null {
  const [type = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
  let weight = 1;
  for (const parameter of parameters) {
    const [name = '', value = ''] = parameter.split('=').map((part) => part.trim().replaceAll('"', ''));
    if (name === 'charset' && value !== 'utf-8' && value !== 'utf8') return null;
    if (name === 'q') weight = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(value) ? Number(value) : 0;
  }
  return { type, weight, at };
}

/** Whether a `Content-Type` header says JSON, in UTF-8 if it names a charset. */
export function isJson(contentType: string | undefined): boolean {
  if (contentType === 'application/json') return true;
  const range = rangeOf(contentType ?? '', 0);
  return range !== null && range.type === 'application/json';
}

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

interface Range {
  readonly type: string;
  readonly weight: number;
  /** Its place in the list. */
  readonly at: number;
}

function choose(accept: string): ResponseForms {
  const ranges = rangesOf(accept);
  let best: { readonly type: RegularMediaType; readonly range: Range } | null = null;
  for (const type of regularTypes) {
    const range = matching(ranges, type);
    if (range === undefined || range.weight === 0) continue;
    if (best === null || range.weight > best.range.weight) best = { type, range };
    else if (range.weight === best.range.weight && range.at < best.range.at) best = { type, range };
  }
  const streamWeight = matching(ranges, streamType)?.weight ?? 0;
  const prefersStream = streamWeight > (best?.range.weight ?? 0);
  return { regular: prefersStream ? null : (best?.type ?? null), stream: streamWeight > 0 };
}

/** Whether a client prefers an HTML page to JSON, as browsers do. It must name HTML. */
export function prefersHtml(accept: string): boolean {
  const ranges = rangesOf(accept);
  const html = ranges.find(({ type }) => type === 'text/html')?.weight ?? 0;
  return html > 0 && html >= (matching(ranges, 'application/json')?.weight ?? 0);
}

function rangesOf(accept: string): readonly Range[] {
  return accept.split(',').flatMap((item, at) => rangeOf(item, at) ?? []);
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

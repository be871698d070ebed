/** One item of an `Accept` header. */
export interface MediaRange {
  readonly type: string;
  readonly weight: number;
  /** Position in the header. */
  readonly at: number;
}

/** Returns whether a client prefers HTML to JSON, as browsers do. The header must name HTML explicitly. */
export function prefersHtml(accept: string): boolean {
  const ranges = parseAccept(accept);
  const html = ranges.find(({ type }) => type === 'text/html')?.weight ?? 0;
  return html > 0 && html >= (findRange(ranges, 'application/json')?.weight ?? 0);
}

export function parseAccept(accept: string): readonly MediaRange[] {
  return accept.split(',').flatMap((item, at) => parseRange(item, at) ?? []);
}

/** Returns the most specific range that contains the type. It determines the weight of the type. */
export function findRange(ranges: readonly MediaRange[], type: string): MediaRange | undefined {
  const [main = '', sub = ''] = type.split('/');
  for (const wanted of [type, `${main}/*`, `*/${sub}`, '*/*']) {
    const found = ranges.find((range) => range.type === wanted);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Parses one item; null if it names another charset than UTF-8. */
export function parseRange(item: string, at: number): MediaRange | null {
  const [type = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
  let weight = 1;
  for (const parameter of parameters) {
    const [name = '', value = ''] = parameter.split('=').map((part) => part.trim().replaceAll('"', ''));
    if (name === 'charset' && value !== 'utf-8' && value !== 'utf8') return null;
    if (name === 'q') weight = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(value) ? Number(value) : 0;
  }
  return { type, weight, at };
}

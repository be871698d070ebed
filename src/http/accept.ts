export type RegularMediaType = 'application/json' | 'application/graphql-response+json';

const known = new Map<string, RegularMediaType | null>();
const KNOWN_MAX = 200;

/**
 * The media type in which Yoga answers what is no stream, by the same rule as Yoga's: the first of the list that it has,
 * weights aside. Null where the list has none of them.
 */
export function regularMediaType(accept = '*/*'): RegularMediaType | null {
  let type = known.get(accept);
  if (type === undefined) {
    type = choose(accept);
    if (known.size >= KNOWN_MAX) known.clear();
    known.set(accept, type);
  }
  return type;
}

function choose(accept: string): RegularMediaType | null {
  for (const item of (accept || '*/*').replace(/\s/g, '').toLowerCase().split(',')) {
    const [range = '', ...parameters] = item.split(';');
    const charset = parameters.find((parameter) => parameter.includes('charset='));
    if (charset !== undefined && charset !== 'charset=utf-8') continue;
    // With a wildcard both are as good, and Yoga's last is application/json.
    if (['*/*', 'application/*', '*/json', 'application/json'].includes(range)) return 'application/json';
    if (['*/graphql-response+json', 'application/graphql-response+json'].includes(range))
      return 'application/graphql-response+json';
  }
  return null;
}

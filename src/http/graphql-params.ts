export interface GraphQLParams {
  readonly query: string;
  readonly operationName?: string | null;
  readonly variables?: Record<string, unknown> | null;
  readonly extensions?: Record<string, unknown> | null;
}

/** The parameters of one operation, from a JSON body that is right in every respect; null for any other. */
export function graphqlParams(body: Buffer): GraphQLParams | null {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
  return isParams(value) ? value : null;
}

function isParams(value: unknown): value is GraphQLParams {
  if (!isObject(value)) return false;
  for (const [name, part] of Object.entries(value)) {
    const fits =
      name === 'query'
        ? typeof part === 'string'
        : name === 'operationName'
          ? part === null || typeof part === 'string'
          : (name === 'variables' || name === 'extensions') && (part === null || isObject(part));
    if (!fits) return false;
  }
  return 'query' in value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

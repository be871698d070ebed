import type { IncomingMessage } from 'node:http';
import { graphqlParams, type GraphQLParams } from '../graphql-params.ts';

/** The operation of a request that asks for an event stream before anything else; null for any other. */
export function streamRequest(
  req: IncomingMessage,
  query: string,
  body: Buffer | null,
): GraphQLParams | null {
  if (!/^\s*text\/event-stream\s*(?:,|;|$)/i.test(req.headers.accept ?? '')) return null;
  if (req.method === 'GET') return paramsOfQuery(query);
  if (req.method !== 'POST' || body === null) return null;
  return /^application\/json\s*(?:;|$)/i.test(req.headers['content-type'] ?? '') ? graphqlParams(body) : null;
}

function paramsOfQuery(search: string): GraphQLParams | null {
  const given = new URLSearchParams(search);
  const query = given.get('query');
  if (query === null) return null;
  const operationName = given.get('operationName');
  const name = operationName === null ? '' : `,"operationName":${JSON.stringify(operationName)}`;
  // As a body that says the same, so that both are looked at by the same rules.
  const body = `{"query":${JSON.stringify(query)}${name},"variables":${given.get('variables') ?? 'null'}}`;
  return graphqlParams(Buffer.from(body));
}

import { GraphQLError, type ASTNode } from 'graphql';

/** Creates an error that rejects the whole document, with HTTP status 400 for every media type. */
export function tooComplex(message: string, node?: ASTNode): GraphQLError {
  return new GraphQLError(message, {
    nodes: node ?? null,
    extensions: { code: 'QUERY_TOO_COMPLEX', http: new BadRequest() },
  });
}

/**
 * HTTP status 400. For errors with `spec`, Yoga responds with 200 if the media type is application/json, and it sets `spec`
 * on every parse error. This class keeps it false.
 */
class BadRequest {
  readonly status = 400;

  get spec(): boolean {
    return false;
  }

  set spec(_value: boolean) {
    // See above.
  }
}

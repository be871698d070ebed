import { GraphQLError, type ASTNode } from 'graphql';

/** A refusal of the whole document, with a status of 400 whatever the answer's media type. */
export function tooComplex(message: string, node?: ASTNode): GraphQLError {
  return new GraphQLError(message, {
    nodes: node ?? null,
    extensions: { code: 'QUERY_TOO_COMPLEX', http: new BadRequest() },
  });
}

/**
 * With `spec`, Yoga answers 200 where the media type is application/json; and it sets `spec` on every error that comes
 * from parsing. Here it stays false.
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

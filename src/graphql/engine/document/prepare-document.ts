import { GraphQLError, type DocumentNode, type GraphQLSchema } from 'graphql';
import type { Engine } from '../engine.ts';
import { PreparedDocument } from '../execution/prepared-document.ts';

/** HTTP status of errors that GraphQL itself finds: 400, or 200 if the client accepts application/json. */
export const requestErrorHttp = { status: 400, spec: true };

/** The document is not valid. A client may see the reasons. */
export class InvalidDocumentError extends Error {
  readonly errors: readonly GraphQLError[];

  constructor(errors: readonly GraphQLError[]) {
    super('The document is not valid.');
    this.errors = errors;
  }
}

/** The functions of GraphQL, wrapped by Yoga's plugins. */
interface Enveloped {
  readonly schema: GraphQLSchema;
  parse(query: string): DocumentNode;
  validate(schema: GraphQLSchema, document: DocumentNode): readonly GraphQLError[];
}

/**
 * Returns a valid document. Yoga's plugins parse, limit and validate a text that is not in the cache. Only valid documents are
 * cached, so that others displace none.
 *
 * @throws {GraphQLError} or {InvalidDocumentError}
 */
export function prepareDocument({ yoga, documents }: Engine, query: string): PreparedDocument {
  const known = documents.get(query);
  if (known !== undefined) return known;
  const enveloped = yoga.getEnveloped({}) as unknown as Enveloped;
  const { schema } = enveloped;
  const document = parseDocument(enveloped, query);
  const errors = enveloped.validate(schema, document);
  if (errors.length > 0) throw new InvalidDocumentError(errors.map(toValidationError)); // guard: valid-documents-only
  const prepared = new PreparedDocument(schema, document);
  documents.set(query, prepared);
  return prepared;
}

function parseDocument(enveloped: Enveloped, query: string): DocumentNode {
  try {
    return enveloped.parse(query);
  } catch (error) {
    if (error instanceof GraphQLError) error.extensions['http'] ??= requestErrorHttp;
    throw error;
  }
}

function toValidationError(error: GraphQLError): GraphQLError {
  error.extensions['code'] ??= 'BAD_USER_INPUT';
  error.extensions['http'] ??= requestErrorHttp;
  return error;
}

/** Limits of one document. A client that needs more sends several. */
export const documentMax = {
  /** Length of the text in characters; the default of DOCUMENT_CHARACTERS_MAX. */
  characters: 16 * 1024,
  /** Lines of the text. GraphQL walks them once for each error, to say where the error is. */
  lines: 2_000,
  tokens: 2_000,
  /** Fields within fields, except introspection: GraphiQL's query goes deeper. */
  depth: 12,
  introspectionDepth: 20,
  /** Brackets within brackets: selection sets, arguments, literals, types. The parser recurses over them. */
  nesting: 50,
  /** Aliased fields; a fragment counts every time it is spread. */
  aliases: 30,
  /** Characters of an alias. It stands in the response once for each item of a list. */
  aliasCharacters: 100,
  /** All fields; a fragment counts every time it is spread. */
  fields: 1_000,
  /** Fields of one selection set that share a response name. Validation compares each pair of them. */
  sameName: 50,
  /** Fields of a mutation: each is a transaction. */
  mutations: 10,
  /** Every field costs one; a field of a list costs one for each item that the list may have. */
  cost: 15_000,
} as const;

/** Errors that GraphQL reports about one document or its variables before it gives up. */
export const ERRORS_REPORTED_MAX = 5;

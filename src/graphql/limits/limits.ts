/** What one document may ask for. A client that needs more sends several. */
export const documentMax = {
  tokens: 2_000,
  /** Fields within fields, those of the introspection aside, for GraphiQL's goes deeper. */
  depth: 12,
  introspectionDepth: 20,
  /** Fields with an alias of their own, fragments counted as often as they are spread. */
  aliases: 30,
  /** All fields, fragments counted as often as they are spread. */
  fields: 1_000,
  /** Fields of a mutation: each is a transaction. */
  mutations: 10,
  /** Every field costs one, and what is in a list as often as the list may be long. */
  cost: 15_000,
} as const;

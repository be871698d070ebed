const MIB = 1024 * 1024;

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

/** Limits of one operation. */
export const operationLimits = {
  /** The JSON of a request. Each of its values is walked several times before it is refused or used. */
  json: { depthMax: 32, valuesMax: 20_000 },
  /** Maximum duration of an execution. Booking commands time out earlier, and report their outcome. */
  timeoutMs: 30_000,
} as const;

/** Errors of one response. */
export const errorLimits = {
  errorsMax: 20,
  /** Mistakes in a document or its variables after which GraphQL stops looking for more. */
  reportedMax: 5,
  messageCharactersMax: 300,
  /** All of them together. */
  charactersMax: 64 * 1024,
} as const;

/** Estimated memory that is kept for clients while their operations run. The larger limits are settings. */
export const keptLimits = {
  /** One subscription with its document. It lasts as long as the client likes. */
  subscriptionBytesMax: 160 * 1024,
  /** All operations of one socket. */
  socketBytesMax: 2 * MIB,
  /** A WebSocket without operations: measured, with its connection. */
  socketBytes: 20 * 1024,
  /** A subscription without its document and variables: measured, with its context, iterators and promises. */
  subscriptionBytes: 13 * 1024,
  /** A query or mutation without its document and variables. */
  operationBytes: 4 * 1024,
  /** Smaller responses are not worth counting: the kernel takes them at once. */
  responseBytesUncounted: 16 * 1024,
  /** A token of a parsed document: measured, with the nodes that stand on it. */
  bytesPerToken: 320,
} as const;

/** Parsed documents that are kept. */
export const documentCacheLimits = {
  entriesMax: 1_000,
  /** Estimated memory of all of them. */
  bytesMax: 32 * MIB,
} as const;

const MIB = 1024 * 1024;

/** Limits of one document. A client that needs more sends several documents. */
export const documentMax = {
  /** Characters of the text. The default of DOCUMENT_CHARACTERS_MAX. */
  characters: 16 * 1024,
  /** Lines of the text. For each error, GraphQL scans them to find its position. */
  lines: 2_000,
  tokens: 2_000,
  /** Levels of fields, except in introspection: the query of GraphiQL is deeper. */
  depth: 12,
  introspectionDepth: 20,
  /** Levels of brackets: selection sets, arguments, literals, types. The parser recurses over them. */
  nesting: 50,
  /** Aliased fields. A fragment counts each time it is spread. */
  aliases: 30,
  /** Characters of an alias. The response repeats it for each item of a list. */
  aliasCharacters: 100,
  /** All fields. A fragment counts each time it is spread. */
  fields: 1_000,
  /** Fields of one selection set with the same response name. Validation compares each pair of them. */
  sameName: 50,
  /** Fields of a mutation. Each is a transaction. */
  mutations: 10,
  /** Total cost. A field costs 1, multiplied by the maximum number of items of each list that contains it. */
  cost: 15_000,
} as const;

/** Limits of one operation. */
export const operationLimits = {
  /** The JSON of a request. Parsing, validation, and coercion each traverse it. */
  json: { depthMax: 32, valuesMax: 20_000 },
  /** Maximum duration of an execution. Booking commands time out earlier and report their outcome. */
  timeoutMs: 30_000,
} as const;

/** Limits of the errors in one response. */
export const errorLimits = {
  errorsMax: 20,
  /** Errors in a document or its variables after which GraphQL stops validating. */
  reportedMax: 5,
  messageCharactersMax: 300,
  /** Characters of all errors together. */
  charactersMax: 64 * 1024,
} as const;

/** Limits of the estimated memory kept for clients while their operations run. Larger limits are settings. */
export const keptLimits = {
  /** One subscription with its document. The client decides how long it runs. */
  subscriptionBytesMax: 160 * 1024,
  /** All operations of one socket. */
  socketBytesMax: 2 * MIB,
  /** A WebSocket without operations: measured, including its connection. */
  socketBytes: 20 * 1024,
  /** A subscription without its document and variables: measured, including context, iterators and promises. */
  subscriptionBytes: 13 * 1024,
  /** A query or mutation without its document and variables. */
  operationBytes: 4 * 1024,
  /** Responses up to this size are not counted, because the kernel buffers them at once. */
  responseBytesUncounted: 16 * 1024,
  /** A token of a parsed document: measured, including the nodes built from it. */
  bytesPerToken: 320,
  /** A field of a plan: measured. The plans of a document keep at most as many fields as it has tokens. */
  bytesPerPlannedField: 370,
} as const;

/** Limits of the cache of valid documents. */
export const documentCacheLimits = {
  entriesMax: 1_000,
  /** Estimated memory of all documents. */
  bytesMax: 32 * MIB,
} as const;

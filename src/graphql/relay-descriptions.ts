/** What the Relay plugin makes by itself, in our words; lists of edges multiply no cost, for their page has done so. */
export const relayDescriptions = {
  nodeTypeOptions: { description: 'Whatever has an id of its own, by which `node` finds it again.' },
  pageInfoTypeOptions: { description: 'Where a page of a connection stands among the others.' },
  idFieldOptions: { description: 'Opaque, and unlike every other id. It stays the same for ever.' },
  pageInfoFieldOptions: { description: 'Where this page stands.' },
  hasNextPageFieldOptions: {
    description:
      'Whether elements follow this page. A page from the start (`first`) looks no further than `before`.',
  },
  hasPreviousPageFieldOptions: {
    description:
      'Whether elements precede this page. A page from the end (`last`) looks no further than `after`.',
  },
  startCursorFieldOptions: {
    description: 'The cursor of the first edge, null on an empty page.',
    nullable: true,
  },
  endCursorFieldOptions: {
    description: 'The cursor of the last edge, null on an empty page.',
    nullable: true,
  },
  cursorFieldOptions: { description: 'Where this edge stands: a value for `after` and `before`.' },
  nodeFieldOptions: { description: 'What stands there.', nullable: false },
  edgesFieldOptions: {
    description: 'The nodes of this page in order, each with its cursor.',
    nullable: { list: false, items: false },
    complexity: { field: 1, multiplier: 1 },
  },
  firstArgOptions: {
    description: 'At most this many from the start, up to 100. Without `first` and `last`: 20.',
  },
  lastArgOptions: { description: 'At most this many from the end, up to 100; not together with `first`.' },
  afterArgOptions: { description: 'Only what stands behind this cursor.' },
  beforeArgOptions: { description: 'Only what stands before this cursor.' },
  nodesOnConnection: false,
} as const;

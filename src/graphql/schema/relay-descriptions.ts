/** Options of the fields and types that the Relay plugin adds, mainly their descriptions. */
export const relayDescriptions = {
  nodeTypeOptions: { description: 'An object with a globally unique ID, which `node` and `nodes` resolve.' },
  pageInfoTypeOptions: { description: 'Information about a page of a connection.' },
  idFieldOptions: { description: 'Opaque, globally unique identifier. It never changes.' },
  pageInfoFieldOptions: {
    description: 'Cursors of this page, and whether other pages precede or follow it.',
  },
  hasNextPageFieldOptions: {
    description:
      'Whether more items follow this page. When paginating forward with `before`, only items before that cursor count.',
  },
  hasPreviousPageFieldOptions: {
    description:
      'Whether more items precede this page. When paginating backward with `after`, only items after that cursor count.',
  },
  startCursorFieldOptions: {
    description: 'The cursor of the first item. Null if the page is empty.',
    nullable: true,
  },
  endCursorFieldOptions: {
    description: 'The cursor of the last item. Null if the page is empty.',
    nullable: true,
  },
  cursorFieldOptions: {
    description: 'The position of this item in the list. Pass it as `after` or `before`.',
  },
  nodeFieldOptions: { description: 'The item.', nullable: false },
  edgesFieldOptions: {
    description: 'The items of this page in order, each with its cursor.',
    nullable: { list: false, items: false },
    // The connection has already multiplied the cost by the page size.
    complexity: { field: 1, multiplier: 1 },
  },
  firstArgOptions: {
    description:
      'The maximum number of items to return from the start of the list: 0 to 100. Defaults to 20 if `last` is omitted too.',
  },
  lastArgOptions: {
    description:
      'The maximum number of items to return from the end of the list: 0 to 100. Cannot be combined with `first`.',
  },
  afterArgOptions: { description: 'Returns only items after this cursor.' },
  beforeArgOptions: { description: 'Returns only items before this cursor.' },
  nodesOnConnection: false,
} as const;

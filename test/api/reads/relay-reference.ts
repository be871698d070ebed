/** Arguments of a page; `after` and `before` are places among the edges. */
export interface RelayArgs {
  readonly first: number | null;
  readonly last: number | null;
  /** The index of the cursor's edge; a half lies between two edges, or beyond an end. */
  readonly after: number | null;
  readonly before: number | null;
}

export interface RelayPage {
  /** Indexes of the edges that are returned. */
  readonly edges: readonly number[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

/**
 * The pagination algorithm of the Relay Cursor Connections Specification, section 4, over `count` edges. Cursors name
 * places, so one whose edge is gone still applies. Where the specification lets a server answer what it can find out
 * efficiently, this server always does.
 */
export function relayPage(count: number, { first, last, after, before }: RelayArgs): RelayPage {
  const all = Array.from({ length: count }, (_, index) => index);
  // ApplyCursorsToEdges
  const edges = all.filter(
    (index) => (after === null || index > after) && (before === null || index < before),
  );
  return {
    edges: edgesToReturn(edges, first, last),
    hasPreviousPage:
      last === null ? all.some((index) => after !== null && index <= after) : edges.length > last,
    hasNextPage:
      first === null ? all.some((index) => before !== null && index >= before) : edges.length > first,
  };
}

function edgesToReturn(
  edges: readonly number[],
  first: number | null,
  last: number | null,
): readonly number[] {
  const fromStart = first === null ? edges : edges.slice(0, first);
  return last === null || fromStart.length <= last ? fromStart : fromStart.slice(fromStart.length - last);
}

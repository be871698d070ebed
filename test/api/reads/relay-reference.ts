/** Arguments of a page. `after` and `before` are positions among the edges. */
export interface RelayArgs {
  readonly first: number | null;
  readonly last: number | null;
  /** The index of the cursor's edge. A half is a position between two edges or beyond an end. */
  readonly after: number | null;
  readonly before: number | null;
}

export interface RelayPage {
  /** Indexes of the returned edges. */
  readonly edges: readonly number[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

/**
 * The pagination algorithm of the Relay Cursor Connections Specification, section 4, over `count` edges. A cursor is a
 * position, so it stays valid when its edge is gone. Where the specification makes a flag optional, this server always
 * computes it.
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

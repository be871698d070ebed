import { Kind, type ASTNode, type DocumentNode, type GraphQLError } from 'graphql';
import { documentMax } from './limits.ts';
import { tooComplex } from './too-complex.ts';

/** Selection sets within selection sets: fields, and inline fragments as many again. */
const SELECTIONS_MAX = 2 * Math.max(documentMax.depth, documentMax.introspectionDepth);

interface Entry {
  readonly node: ASTNode;
  readonly selections: number;
  readonly values: number;
}

const valueKinds = new Set<string>([
  Kind.LIST,
  Kind.OBJECT,
  Kind.LIST_TYPE,
  Kind.NON_NULL_TYPE,
] satisfies Kind[]);

/**
 * Returns an error if parts of a document are nested too deeply. Validation and execution recurse over selections,
 * literals and types; this walk does not.
 */
export function nestingError(document: DocumentNode): GraphQLError | null {
  const pending: Entry[] = [{ node: document, selections: 0, values: 0 }];
  for (let entry = pending.pop(); entry !== undefined; entry = pending.pop()) {
    const { node } = entry;
    const selections = entry.selections + (node.kind === Kind.SELECTION_SET ? 1 : 0);
    const values = entry.values + (valueKinds.has(node.kind) ? 1 : 0);
    if (selections > SELECTIONS_MAX)
      return tooComplex(`The document nests more than ${SELECTIONS_MAX} selection sets.`, node);
    if (values > documentMax.valueDepth)
      return tooComplex(
        `The document nests more than ${documentMax.valueDepth} lists and objects in a value.`,
        node,
      );
    for (const child of childrenOf(node)) pending.push({ node: child, selections, values });
  }
  return null;
}

function childrenOf(node: ASTNode): ASTNode[] {
  const children: ASTNode[] = [];
  for (const [name, part] of Object.entries(node) as [string, unknown][]) {
    if (name === 'loc') continue;
    for (const item of Array.isArray(part) ? (part as unknown[]) : [part])
      if (typeof item === 'object' && item !== null && 'kind' in item) children.push(item as ASTNode);
  }
  return children;
}

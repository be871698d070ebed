import {
  Kind,
  OperationTypeNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { documentMax } from './limits.ts';
import { tooComplex } from './too-complex.ts';

interface Size {
  /** Levels of fields. */
  readonly depth: number;
  /** The same within `__schema` and `__type`. */
  readonly introspectionDepth: number;
  readonly fields: number;
  readonly aliases: number;
  /** Fields of the selection itself, not of what lies beneath. */
  readonly ownFields: number;
}

const nothing: Size = { depth: 0, introspectionDepth: 0, fields: 0, aliases: 0, ownFields: 0 };

/**
 * What a document exceeds, without a look at the schema. Each fragment is measured once, so that fragments which
 * spread one another many times over cost no more than they are long.
 */
export function sizeErrors(document: DocumentNode): GraphQLError[] {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const measure = measuring(fragments);
  return document.definitions
    .filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
    .flatMap((operation) => refusal(operation, measure(operation.selectionSet)) ?? []);
}

function refusal(operation: OperationDefinitionNode, size: Size): GraphQLError | null {
  const exceeds = (what: string, actual: number, max: number) =>
    actual > max ? tooComplex(`The operation has ${what}; at most ${max} are allowed.`, operation) : null;
  return (
    exceeds(`${size.aliases} aliases`, size.aliases, documentMax.aliases) ??
    exceeds(`${size.fields} fields`, size.fields, documentMax.fields) ??
    exceeds(`${size.depth} levels of fields`, size.depth, documentMax.depth) ??
    exceeds(
      `${size.introspectionDepth} levels of fields in its introspection`,
      size.introspectionDepth,
      documentMax.introspectionDepth,
    ) ??
    (operation.operation === OperationTypeNode.MUTATION
      ? exceeds(`${size.ownFields} mutations`, size.ownFields, documentMax.mutations)
      : null)
  );
}

function measuring(fragments: ReadonlyMap<string, FragmentDefinitionNode>) {
  const known = new Map<string, Size>();

  const ofSelections = ({ selections }: SelectionSetNode): Size =>
    selections.map(ofSelection).reduce(sum, nothing);

  const ofSelection = (selection: SelectionNode): Size => {
    switch (selection.kind) {
      case Kind.FIELD: {
        const inner = selection.selectionSet === undefined ? nothing : ofSelections(selection.selectionSet);
        const isIntrospection = selection.name.value.startsWith('__');
        return {
          depth: isIntrospection ? 0 : inner.depth + 1,
          introspectionDepth: isIntrospection ? inner.depth + 1 : inner.introspectionDepth,
          fields: inner.fields + 1,
          aliases: inner.aliases + (selection.alias === undefined ? 0 : 1),
          ownFields: 1,
        };
      }
      case Kind.INLINE_FRAGMENT:
        return ofSelections(selection.selectionSet);
      case Kind.FRAGMENT_SPREAD:
        return ofFragment(selection.name.value);
    }
  };

  const ofFragment = (name: string): Size => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const fragment = fragments.get(name);
    // A fragment within itself, or one that is not there: validation says so.
    known.set(name, nothing);
    const size = fragment === undefined ? nothing : ofSelections(fragment.selectionSet);
    known.set(name, size);
    return size;
  };

  return ofSelections;
}

function sum(a: Size, b: Size): Size {
  return {
    depth: Math.max(a.depth, b.depth),
    introspectionDepth: Math.max(a.introspectionDepth, b.introspectionDepth),
    fields: a.fields + b.fields,
    aliases: a.aliases + b.aliases,
    ownFields: a.ownFields + b.ownFields,
  };
}

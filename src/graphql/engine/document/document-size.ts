import {
  Kind,
  OperationTypeNode,
  type DefinitionNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { documentMax } from '../limits.ts';
import { tooComplex } from './too-complex.ts';

interface Size {
  /** Levels of fields, except in introspection. */
  readonly depth: number;
  /** Levels of fields within `__schema` and `__type`. */
  readonly introspectionDepth: number;
  readonly fields: number;
  readonly aliases: number;
  /** Characters of the longest alias. */
  readonly aliasCharacters: number;
  /** Fields of the selection itself, without nested fields. */
  readonly ownFields: number;
  /** The largest number of fields with the same response name in one selection set at any level. */
  readonly sameName: number;
}

const nothing: Size = {
  depth: 0,
  introspectionDepth: 0,
  fields: 0,
  aliases: 0,
  aliasCharacters: 0,
  ownFields: 0,
  sameName: 0,
};

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;
type Executable = Extract<DefinitionNode, { readonly selectionSet: SelectionSetNode }>;

/**
 * Returns the first limit that a document exceeds, without using the schema. Measures every definition, including unused
 * fragments, because validation visits them all. Measures each fragment once, so the time is linear in the length of the
 * document, however often fragments spread each other.
 */
export function findSizeErrors(document: DocumentNode): GraphQLError[] {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const measure = createMeasure(fragments);
  for (const definition of document.definitions) {
    if (!isExecutable(definition)) continue;
    const error = findExceeded(definition, measure(definition.selectionSet));
    if (error !== null) return [error];
  }
  return [];
}

function isExecutable(definition: DefinitionNode): definition is Executable {
  // guard: unused-fragments-measured
  return definition.kind === Kind.OPERATION_DEFINITION || definition.kind === Kind.FRAGMENT_DEFINITION;
}

function findExceeded(definition: Executable, size: Size): GraphQLError | null {
  const isMutation =
    definition.kind === Kind.OPERATION_DEFINITION && definition.operation === OperationTypeNode.MUTATION;
  const isFragment = definition.kind === Kind.FRAGMENT_DEFINITION;
  const what = isFragment ? 'fragment' : 'operation';
  // A fragment may belong to an introspection query. Where it is spread, the limits of the operation apply.
  const depthMax = isFragment ? documentMax.introspectionDepth : documentMax.depth;
  const exceeds = (has: string, actual: number, max: number) =>
    actual > max ? tooComplex(`The ${what} has ${has}; at most ${max} are allowed.`, definition) : null;
  return (
    exceeds(`${size.aliases} aliases`, size.aliases, documentMax.aliases) ??
    exceeds(
      `an alias of ${size.aliasCharacters} characters`,
      size.aliasCharacters,
      documentMax.aliasCharacters,
    ) ??
    exceeds(`${size.fields} fields`, size.fields, documentMax.fields) ??
    exceeds(
      `${size.sameName} fields with the same response name in one selection set`,
      size.sameName,
      documentMax.sameName,
    ) ??
    exceeds(`${size.depth} levels of fields`, size.depth, depthMax) ??
    exceeds(
      `${size.introspectionDepth} levels of fields in its introspection`,
      size.introspectionDepth,
      documentMax.introspectionDepth,
    ) ??
    (isMutation ? exceeds(`${size.ownFields} mutations`, size.ownFields, documentMax.mutations) : null)
  );
}

function createMeasure(fragments: Fragments) {
  const known = new Map<string, Size>();

  const measureSelections = (set: SelectionSetNode): Size => {
    const { sameName, ...inner } = set.selections.map(measureSelection).reduce(sum, nothing);
    return { ...inner, sameName: Math.max(sameName, countSameNames(set, fragments)) };
  };

  const measureSelection = (selection: SelectionNode): Size => {
    switch (selection.kind) {
      case Kind.FIELD: {
        const inner =
          selection.selectionSet === undefined ? nothing : measureSelections(selection.selectionSet);
        const isIntrospection = selection.name.value.startsWith('__');
        return {
          depth: isIntrospection ? 0 : inner.depth + 1,
          introspectionDepth: isIntrospection ? inner.depth + 1 : inner.introspectionDepth,
          fields: inner.fields + 1,
          aliases: inner.aliases + (selection.alias === undefined ? 0 : 1),
          aliasCharacters: Math.max(inner.aliasCharacters, selection.alias?.value.length ?? 0), // guard: alias-length
          ownFields: 1,
          sameName: inner.sameName,
        };
      }
      case Kind.INLINE_FRAGMENT:
        return measureSelections(selection.selectionSet);
      case Kind.FRAGMENT_SPREAD:
        return measureFragment(selection.name.value);
    }
  };

  const measureFragment = (name: string): Size => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const fragment = fragments.get(name);
    // A fragment that contains itself, or does not exist: validation reports it.
    known.set(name, nothing);
    const size = fragment === undefined ? nothing : measureSelections(fragment.selectionSet);
    known.set(name, size);
    return size;
  };

  return measureSelections;
}

/** Counts the most frequent response name in a selection set, including its fragments, each once. */
function countSameNames(set: SelectionSetNode, fragments: Fragments): number {
  const counts = new Map<string, number>();
  const seen = new Set<string>();
  const pending = [set];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const selection of next.selections) {
      if (selection.kind === Kind.FIELD) {
        const name = (selection.alias ?? selection.name).value;
        counts.set(name, (counts.get(name) ?? 0) + 1); // guard: fields-per-name
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        pending.push(selection.selectionSet);
      } else if (!seen.has(selection.name.value)) {
        seen.add(selection.name.value);
        const fragment = fragments.get(selection.name.value);
        if (fragment !== undefined) pending.push(fragment.selectionSet);
      }
    }
  }
  return Math.max(0, ...counts.values());
}

function sum(a: Size, b: Size): Size {
  return {
    depth: Math.max(a.depth, b.depth),
    introspectionDepth: Math.max(a.introspectionDepth, b.introspectionDepth),
    fields: a.fields + b.fields,
    aliases: a.aliases + b.aliases,
    aliasCharacters: Math.max(a.aliasCharacters, b.aliasCharacters),
    ownFields: a.ownFields + b.ownFields,
    sameName: Math.max(a.sameName, b.sameName),
  };
}

import {
  getDirectiveValues,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  isAbstractType,
  Kind,
  typeFromAST,
  visit,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  type InlineFragmentNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Variables } from './field-arguments.ts';

export type Fragments = Readonly<Record<string, FragmentDefinitionNode>>;

interface Collecting {
  readonly schema: GraphQLSchema;
  readonly fragments: Fragments;
  readonly variables: Variables;
}

/**
 * Collects the fields of selection sets by response name, as the specification's CollectFields does for one runtime type.
 *
 * @throws {GraphQLError} if the condition of `@skip` or `@include` is null.
 */
export function collectFields(
  collecting: Collecting,
  type: GraphQLObjectType,
  sets: Iterable<SelectionSetNode | undefined>,
): Map<string, FieldNode[]> {
  const { schema, fragments, variables } = collecting;
  const fields = new Map<string, FieldNode[]>();
  const visited = new Set<string>();
  // The limits of documents bound the recursion: `documentMax.nesting` levels, and each fragment once.
  const collect = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD && visited.has(selection.name.value)) continue;
      if (!isIncluded(selection, variables)) continue;
      if (selection.kind === Kind.FIELD) {
        const name = (selection.alias ?? selection.name).value;
        const nodes = fields.get(name);
        if (nodes === undefined) fields.set(name, [selection]);
        else nodes.push(selection);
        continue;
      }
      const fragment =
        selection.kind === Kind.INLINE_FRAGMENT ? selection : visitFragment(selection.name.value);
      if (fragment !== undefined && applies(schema, fragment, type)) collect(fragment.selectionSet);
    }
  };
  const visitFragment = (name: string) => {
    visited.add(name);
    return fragments[name];
  };
  for (const set of sets) if (set !== undefined) collect(set);
  return fields;
}

function isIncluded(selection: SelectionNode, variables: Variables): boolean {
  if (selection.directives === undefined || selection.directives.length === 0) return true;
  return (
    getDirectiveValues(GraphQLSkipDirective, selection, variables)?.['if'] !== true &&
    getDirectiveValues(GraphQLIncludeDirective, selection, variables)?.['if'] !== false
  );
}

function applies(
  schema: GraphQLSchema,
  { typeCondition }: InlineFragmentNode | FragmentDefinitionNode,
  type: GraphQLObjectType,
): boolean {
  if (typeCondition === undefined) return true;
  const conditional = typeFromAST(schema, typeCondition);
  return conditional === type || (isAbstractType(conditional) && schema.isSubType(conditional, type));
}

/** Returns the names of the variables on which the selected fields depend, through `@skip` and `@include`. */
export function findConditions(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, {
    Directive({ name, arguments: args = [] }) {
      if (name.value !== GraphQLSkipDirective.name && name.value !== GraphQLIncludeDirective.name) return;
      for (const { value } of args) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}

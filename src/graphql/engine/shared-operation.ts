import { hash } from 'node:crypto';
import {
  Kind,
  OperationTypeNode,
  visit,
  type ASTNode,
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** A field's extension: nothing beneath it depends on the viewer, and one argument shapes the first message alone. */
interface SharedField {
  readonly resumesBy: string;
}

/** An operation that all who send the same can share. */
export interface SharedOperation {
  /** Equal for operations that show every message alike; of the same length for all. */
  readonly key: string;
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface SharedOperationInput {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  /** The document's text. */
  readonly query: string;
  /** A subscription of the document. */
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly coerced: Readonly<Record<string, unknown>>;
}

/**
 * Null where the operation is no subscription, or its field is not marked as shared. The document must be valid. The key is made of the
 * document's text, the operation's own name, and its variables as the executor reads them, less the one that only says
 * where to resume.
 */
export function sharedOperation({
  schema,
  document,
  query,
  operation,
  variables,
  coerced,
}: SharedOperationInput): SharedOperation | null {
  if (operation.operation !== OperationTypeNode.SUBSCRIPTION) return null;
  const root = rootField(document, operation);
  const field = root === null ? undefined : schema.getSubscriptionType()?.getFields()[root.name.value];
  const shared = field?.extensions['shared'] as SharedField | undefined; // guard: shared-fields-marked
  if (root === null || shared === undefined) return null;
  const resuming = resumeVariable(document, root, shared);
  // Coerced variables stand in the order of their definitions, whatever order they were sent in.
  const shaping = Object.entries(coerced).filter(([name]) => name !== resuming);
  const name = operation.name?.value ?? ''; // guard: shared-key-operation-name
  // Keys are kept in many places, and a text may be as long as a request.
  // guard: shared-operation-key
  const key = hash('sha256', `${name}\n${JSON.stringify(shaping)}\n${query}`, 'base64url');
  return { key, schema, document, operationName: operation.name?.value ?? null, variables };
}

/** Null where directives decide what is selected at the root: that is then left to the executor. */
function rootField(document: DocumentNode, operation: OperationDefinitionNode): FieldNode | null {
  const found: FieldNode[] = [];
  const collect = ({ selections }: SelectionSetNode): boolean =>
    selections.every((selection) => {
      if ((selection.directives?.length ?? 0) > 0) return false; // guard: no-sharing-with-root-directives
      if (selection.kind === Kind.FIELD) return found.push(selection) > 0;
      if (selection.kind === Kind.INLINE_FRAGMENT) return collect(selection.selectionSet);
      const fragment = document.definitions.find(
        (definition) =>
          definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === selection.name.value,
      );
      return fragment?.kind === Kind.FRAGMENT_DEFINITION && collect(fragment.selectionSet);
    });
  return collect(operation.selectionSet) ? (found[0] ?? null) : null;
}

/** The variable that stands for the resuming argument and for nothing else in the document. */
function resumeVariable(
  document: DocumentNode,
  root: FieldNode,
  { resumesBy }: SharedField,
): string | undefined {
  const value = root.arguments?.find(({ name }) => name.value === resumesBy)?.value;
  if (value?.kind !== Kind.VARIABLE) return undefined;
  const name = value.name.value;
  let others = 0;
  const countIn = (nodes: readonly ASTNode[] | undefined) => {
    for (const node of nodes ?? []) others += uses(node, name);
  };
  visit(document, {
    Field(node) {
      // Where the root field is selected several times, its arguments are the same each time, else it is not valid.
      const isRoot = node.name.value === root.name.value;
      countIn(node.arguments?.filter((argument) => !isRoot || argument.name.value !== resumesBy));
    },
    Directive: (node) => countIn(node.arguments),
  });
  return others === 0 ? name : undefined; // guard: shared-key-resume-variable
}

function uses(node: ASTNode, name: string): number {
  let count = 0;
  visit(node, {
    Variable(variable) {
      if (variable.name.value === name) count++;
    },
  });
  return count;
}

import { hash } from 'node:crypto';
import {
  Kind,
  visit,
  type ASTNode,
  type DocumentNode,
  type FieldNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Variables } from './execution/field-arguments.ts';
import type { OperationPlan } from './execution/operation-plan.ts';
import type { PreparedOperation } from './execution/prepared-document.ts';

/**
 * The extension of a field that subscribers can share: its selection does not depend on the viewer. One argument may affect
 * only the first message.
 */
interface SharedField {
  readonly resumesBy?: string;
}

/** A subscription that can be executed once for all clients that send it. */
export interface SharedOperation {
  /** The key, of fixed length. Operations with equal keys have equal responses to every message. */
  readonly key: string;
  readonly plan: OperationPlan;
  /** After coercion. */
  readonly variables: Variables;
}

/**
 * Returns how to share a subscription, or null if its field is not shared. The key consists of the text, the operation name,
 * and the coerced variables, except the variable that only says where to resume.
 */
export function toSharedOperation(
  { document, operation, plan }: Pick<PreparedOperation, 'document' | 'operation' | 'plan'>,
  query: string,
  variables: Variables,
): SharedOperation | null {
  const root = findRootField(document, operation);
  const field = root === null ? undefined : plan.schema.getSubscriptionType()?.getFields()[root.name.value];
  const shared = field?.extensions['shared'] as SharedField | undefined; // guard: shared-fields-marked
  if (root === null || shared === undefined) return null;
  const resuming = findResumeVariable(document, root, shared);
  // Coerced variables are in the order of their definitions, not in the order in which they were sent.
  const shaping = Object.entries(variables).filter(([name]) => name !== resuming);
  const name = operation.name?.value ?? ''; // guard: shared-key-operation-name
  // A hash, because keys are kept in many places, and a text can be as long as a request.
  // guard: shared-operation-key
  const key = hash('sha256', `${name}\n${JSON.stringify(shaping)}\n${query}`, 'base64url');
  return { key, plan, variables };
}

/** Finds the root field. Returns null if directives decide what is selected at the root. */
function findRootField(document: DocumentNode, operation: OperationDefinitionNode): FieldNode | null {
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

/** Finds the variable of the resuming argument, if the document uses it for nothing else. */
function findResumeVariable(
  document: DocumentNode,
  root: FieldNode,
  { resumesBy }: SharedField,
): string | undefined {
  const value = root.arguments?.find(({ name }) => name.value === resumesBy)?.value;
  if (value?.kind !== Kind.VARIABLE) return undefined;
  const name = value.name.value;
  let others = 0;
  const countIn = (nodes: readonly ASTNode[] | undefined) => {
    for (const node of nodes ?? []) others += countUses(node, name);
  };
  visit(document, {
    Field(node) {
      // If the root field is selected several times, a valid document has the same arguments each time.
      const isRoot = node.name.value === root.name.value;
      countIn(node.arguments?.filter((argument) => !isRoot || argument.name.value !== resumesBy));
    },
    Directive: (node) => countIn(node.arguments),
  });
  return others === 0 ? name : undefined; // guard: shared-key-resume-variable
}

function countUses(node: ASTNode, name: string): number {
  let count = 0;
  visit(node, {
    Variable(variable) {
      if (variable.name.value === name) count++;
    },
  });
  return count;
}

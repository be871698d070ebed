import { getMappedArgumentValues } from '@pothos/core';
import {
  getNamedType,
  isCompositeType,
  isListType,
  isNonNullType,
  Kind,
  visit,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLError,
  type GraphQLField,
  type GraphQLOutputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { tooComplex } from '../document/too-complex.ts';
import { documentMax } from '../limits.ts';
import type { Fragments } from './collect-fields.ts';
import type { Variables } from './field-arguments.ts';

/** A cost, or how to compute it from the variables. */
type Cost = number | ((variables: Variables) => number);

/** The cost of a field by itself, and the number of times that the fields below it count. */
interface FieldCost {
  readonly field: number;
  readonly multiplier: number;
}

/** The extension that the complexity plugin adds to a field. A function reads only the arguments. */
type Complexity = number | Partial<FieldCost> | ((args: object) => number | Partial<FieldCost>);

const FIELD_COST = 1;
const LIST_MULTIPLIER = 10;

interface Costing {
  readonly schema: GraphQLSchema;
  readonly fragments: Fragments;
  /** The costs of a selection set by type: a fragment may be spread any number of times. */
  readonly known: Map<SelectionSetNode, Map<GraphQLCompositeType, Cost>>;
}

/**
 * Returns a function that computes the cost of a valid operation, as `complexityFromQuery` of the complexity plugin does. Only
 * the parts that depend on variables, such as page sizes, are computed each time. The function returns null if an argument is
 * not valid.
 */
export function planCost(
  schema: GraphQLSchema,
  fragments: Fragments,
  { operation, selectionSet }: OperationDefinitionNode,
): (variables: Variables) => number | null {
  const type = schema.getRootType(operation);
  if (type == null) return () => null;
  const cost = costSelections({ schema, fragments, known: new Map() }, selectionSet, type);
  if (typeof cost === 'number') return () => cost;
  return (variables) => {
    try {
      return cost(variables);
    } catch {
      return null; // The executor reports which argument, before it calls the resolver.
    }
  };
}

/** Returns an error if a cost exceeds the maximum, else null. */
export function findCostError(operation: OperationDefinitionNode, cost: number | null): GraphQLError | null {
  if (cost === null || cost <= documentMax.cost) return null; // guard: operation-cost
  return tooComplex(
    `The operation has a cost of ${cost}; at most ${documentMax.cost} is allowed. Request smaller pages or fewer fields.`,
    operation,
  );
}

/** Limits of documents bound the recursion: levels of fields and of brackets. Valid fragments form no cycles. */
function costSelections(costing: Costing, set: SelectionSetNode, type: GraphQLCompositeType): Cost {
  const known = costing.known.get(set) ?? new Map<GraphQLCompositeType, Cost>();
  costing.known.set(set, known);
  let cost = known.get(type);
  if (cost === undefined) {
    cost = sum(set.selections.map((selection) => costSelection(costing, selection, type)));
    known.set(type, cost);
  }
  return cost;
}

function costSelection(costing: Costing, selection: SelectionNode, type: GraphQLCompositeType): Cost {
  if (selection.kind === Kind.FIELD) return costField(costing, selection, type);
  const fragment =
    selection.kind === Kind.INLINE_FRAGMENT ? selection : costing.fragments[selection.name.value];
  if (fragment === undefined) return 0;
  const condition = fragment.typeCondition;
  const on = condition === undefined ? type : costing.schema.getType(condition.name.value);
  return isCompositeType(on) ? costSelections(costing, fragment.selectionSet, on) : 0;
}

function costField(costing: Costing, node: FieldNode, type: GraphQLCompositeType): Cost {
  const field = 'getFields' in type ? type.getFields()[node.name.value] : undefined;
  // Introspection: the plugin does not look below it.
  if (field === undefined) return FIELD_COST;
  const named = getNamedType(field.type);
  const below =
    node.selectionSet === undefined || !isCompositeType(named)
      ? 0
      : costSelections(costing, node.selectionSet, named);
  const own = costOwn(field, node);
  if (typeof own !== 'function' && typeof below === 'number') return multiply(own, below);
  return (variables) =>
    multiply(typeof own === 'function' ? own(variables) : own, evaluate(below, variables));
}

/** Returns the cost of a field by itself, or how to compute it if it depends on variables. */
function costOwn(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
): FieldCost | ((variables: Variables) => FieldCost) {
  const complexity = field.extensions['complexity'] as Complexity | undefined;
  if (typeof complexity !== 'function') return toFieldCost(field.type, complexity);
  const compute = (variables: Variables) => {
    const info = { variableValues: variables } as Parameters<typeof getMappedArgumentValues>[3];
    return toFieldCost(field.type, complexity(getMappedArgumentValues(field, node, {}, info)));
  };
  // guard: cost-by-variables
  return usesVariables(node) ? compute : compute({});
}

function toFieldCost(type: GraphQLOutputType, complexity: number | Partial<FieldCost> = {}): FieldCost {
  const { field = FIELD_COST, multiplier = isList(type) ? LIST_MULTIPLIER : 1 } =
    typeof complexity === 'number' ? { field: complexity } : complexity;
  return { field, multiplier };
}

function isList(type: GraphQLOutputType): boolean {
  return isNonNullType(type) ? isList(type.ofType) : isListType(type);
}

function usesVariables({ arguments: args = [] }: FieldNode): boolean {
  let uses = false;
  for (const argument of args) visit(argument, { Variable: () => void (uses = true) });
  return uses;
}

function multiply({ field, multiplier }: FieldCost, below: number): number {
  return field + below * Math.max(multiplier, 0);
}

function evaluate(cost: Cost, variables: Variables): number {
  return typeof cost === 'number' ? cost : cost(variables);
}

function sum(costs: readonly Cost[]): Cost {
  let constant = 0;
  const variable: Exclude<Cost, number>[] = [];
  for (const cost of costs) {
    if (typeof cost === 'number') constant += cost;
    else variable.push(cost);
  }
  if (variable.length === 0) return constant;
  return (variables) => variable.reduce((total, cost) => total + cost(variables), constant);
}

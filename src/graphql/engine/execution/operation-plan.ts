import {
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { collectFields, type Fragments } from './collect-fields.ts';
import { getCompletion, type Completion } from './completion.ts';
import { planArguments, type FieldArguments, type Variables } from './field-arguments.ts';

/** The fields to execute on an object of one type, in the order of the response. */
export interface Selection {
  readonly type: GraphQLObjectType;
  readonly fields: readonly PlannedField[];
  /** True if a field has the response name `__proto__`. */
  readonly hasProto: boolean;
}

export interface PlannedField {
  readonly responseName: string;
  readonly nodes: readonly FieldNode[];
  readonly node: FieldNode;
  readonly parentType: GraphQLObjectType;
  readonly definition: GraphQLField<unknown, unknown>;
  readonly completion: Completion;
  readonly arguments: FieldArguments;
  readonly isTypename: boolean;
  /** The selections on the object types that executions have found in this field. */
  selections: readonly Selection[];
}

/** Fields of scalars share it. Arrays of plans are never extended: `push` would reserve room for 16 elements. */
const noSelections: readonly Selection[] = [];

/** The number of fields that the plans of a document may still keep. */
export interface PlanBudget {
  fieldsLeft: number;
}

/** What one execution has planned beyond the budget of its document. */
export type TemporarySelections = Map<PlannedField, Selection[]>;

interface PlanInput {
  readonly schema: GraphQLSchema;
  readonly fragments: Fragments;
  readonly operation: OperationDefinitionNode;
  /** The variables on which the selected fields depend. */
  readonly conditions: readonly string[];
  readonly budget: PlanBudget;
}

/**
 * The selected fields of an operation, with everything about them that does not depend on values: their definitions,
 * arguments and types. Executions create it step by step, as they find objects, and later ones use it. So a document that
 * is sent once costs no more than without a plan, whatever fragments it has.
 */
export class OperationPlan {
  readonly schema: GraphQLSchema;
  readonly fragments: Fragments;
  readonly operation: OperationDefinitionNode;
  readonly #conditions: readonly string[];
  readonly #budget: PlanBudget;
  /** By the values of the conditions. */
  readonly #roots = new Map<string, Selection>();

  constructor({ schema, fragments, operation, conditions, budget }: PlanInput) {
    this.schema = schema;
    this.fragments = fragments;
    this.operation = operation;
    this.#conditions = conditions;
    this.#budget = budget;
  }

  /**
   * Returns the root fields for the values of the variables.
   *
   * @throws {GraphQLError} if a condition is null.
   */
  getRoot(variables: Variables): Selection {
    const key = this.#toKey(variables);
    const known = this.#roots.get(key);
    if (known !== undefined) return known;
    const { operation, schema } = this;
    const type = schema.getRootType(operation.operation);
    if (type == null) throw new Error(`The schema has no ${operation.operation} type.`);
    const root = this.#plan(type, [operation.selectionSet], variables);
    if (this.#spend(root)) this.#roots.set(key, root);
    return root;
  }

  /**
   * Returns the fields selected on an object of a type that a field has returned.
   *
   * @throws {GraphQLError} if a condition is null.
   */
  getSelection(
    field: PlannedField,
    type: GraphQLObjectType,
    variables: Variables,
    temporary: TemporarySelections,
  ): Selection {
    for (const selection of field.selections) if (selection.type === type) return selection;
    const known = temporary.get(field)?.find((selection) => selection.type === type);
    if (known !== undefined) return known;
    const sets = field.nodes.map(({ selectionSet }) => selectionSet);
    const selection = this.#plan(type, sets, variables);
    if (this.#spend(selection)) field.selections = [...field.selections, selection];
    else temporary.set(field, [...(temporary.get(field) ?? []), selection]);
    return selection;
  }

  /** Each combination of conditions selects fields of its own. A condition that is null is an error each time. */
  #toKey(variables: Variables): string {
    let key = '';
    for (const name of this.#conditions) key += `${String(variables[name])},`; // guard: plan-by-conditions
    return key;
  }

  #spend({ fields }: Selection): boolean {
    // A selection without fields takes memory too.
    const cost = Math.max(1, fields.length);
    if (this.#budget.fieldsLeft < cost) return false; // guard: planned-fields-limit
    this.#budget.fieldsLeft -= cost;
    return true;
  }

  #plan(
    type: GraphQLObjectType,
    sets: readonly (SelectionSetNode | undefined)[],
    variables: Variables,
  ): Selection {
    const { schema, fragments } = this;
    const fields: PlannedField[] = [];
    for (const [responseName, nodes] of collectFields({ schema, fragments, variables }, type, sets)) {
      const [node] = nodes;
      const definition = node === undefined ? undefined : findDefinition(schema, type, node);
      if (node === undefined || definition === undefined) continue;
      fields.push({
        responseName,
        nodes,
        node,
        parentType: type,
        definition,
        completion: getCompletion(definition.type),
        arguments: planArguments(definition, node),
        isTypename: definition === TypeNameMetaFieldDef,
        selections: noSelections,
      });
    }
    const hasProto = fields.some(({ responseName }) => responseName === '__proto__');
    return { type, fields: fields.slice(), hasProto };
  }
}

function findDefinition(
  schema: GraphQLSchema,
  type: GraphQLObjectType,
  { name: { value: name } }: FieldNode,
): GraphQLField<unknown, unknown> | undefined {
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
  const isQuery = type === schema.getQueryType();
  if (isQuery && name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
  if (isQuery && name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  return type.getFields()[name];
}

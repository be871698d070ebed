import {
  getVariableValues,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  Kind,
  typeFromAST,
  valueFromAST,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLSchema,
  type GraphQLError,
  type OperationDefinitionNode,
  type VariableDefinitionNode,
} from 'graphql';
import { errorLimits } from '../limits.ts';
import type { Variables } from './field-arguments.ts';

/** Coerces a value, or returns `unusual`. Never reports an error: GraphQL's own coercion does, for anything unusual. */
type Coercer = (value: unknown) => unknown;

const unusual = Symbol('unusual');

interface PlannedVariable {
  readonly name: string;
  readonly coerce: Coercer;
  /** The value of a variable that is not given: undefined if it stays without value, `unusual` if GraphQL decides. */
  readonly missing: unknown;
}

export type CoercedVariables =
  | { readonly coerced: Variables; readonly errors?: never }
  | { readonly coerced?: never; readonly errors: readonly GraphQLError[] };

/**
 * Returns a function that coerces the variables of an operation. It coerces what clients usually send by itself, and passes
 * everything else, including every mistake, to GraphQL's coercion, which is slower.
 */
export function planVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
): (given: Variables) => CoercedVariables {
  const planned = variableDefinitions.map((definition) => planVariable(schema, definition));
  return (given) => {
    const coerced = coerceAll(planned, given);
    if (coerced !== null) return { coerced };
    return getVariableValues(schema, variableDefinitions, given, {
      maxErrors: errorLimits.reportedMax, // guard: variable-errors-limit
    });
  };
}

/** Returns null if a value is unusual. */
function coerceAll(planned: readonly PlannedVariable[], given: Variables): Variables | null {
  const coerced: Record<string, unknown> = {};
  for (const { name, coerce, missing } of planned) {
    const value = Object.hasOwn(given, name) ? coerce(given[name]) : missing;
    if (value === unusual) return null;
    if (value !== undefined) coerced[name] = value;
  }
  return coerced;
}

function planVariable(
  schema: GraphQLSchema,
  { variable, type: typeNode, defaultValue }: VariableDefinitionNode,
): PlannedVariable {
  const name = variable.name.value;
  const type = typeFromAST(schema, typeNode);
  if (!isInputType(type)) return { name, coerce: () => unusual, missing: unusual };
  return { name, coerce: getCoercer(type), missing: getMissing(type, defaultValue) };
}

function getMissing(type: GraphQLInputType, value: VariableDefinitionNode['defaultValue']): unknown {
  if (value === undefined) return isNonNullType(type) ? unusual : undefined;
  // An object or a list must be new each time.
  return value.kind === Kind.OBJECT || value.kind === Kind.LIST ? unusual : valueFromAST(value, type);
}

/** Weak, because tests create schemas. */
const coercers = new WeakMap<GraphQLInputType, Coercer>();

function getCoercer(type: GraphQLInputType): Coercer {
  let coercer = coercers.get(type);
  if (coercer === undefined) {
    coercer = createCoercer(type);
    coercers.set(type, coercer);
  }
  return coercer;
}

function createCoercer(type: GraphQLInputType): Coercer {
  if (isNonNullType(type)) {
    const coerce = getCoercer(type.ofType);
    return (value) => (value === null ? unusual : coerce(value)); // guard: null-variable-of-non-null-type
  }
  if (isListType(type)) return createListCoercer(type.ofType);
  if (isInputObjectType(type)) return createObjectCoercer(type);
  return (value) => {
    if (value === null) return null;
    try {
      return (type.parseValue(value) as unknown) ?? unusual;
    } catch {
      return unusual; // GraphQL's coercion parses it again, and reports the error.
    }
  };
}

function createListCoercer(itemType: GraphQLInputType): Coercer {
  const coerce = getCoercer(itemType);
  return (value) => {
    if (value === null) return null;
    if (!Array.isArray(value)) return unusual;
    const items: unknown[] = [];
    for (const item of value as unknown[]) {
      const coerced = coerce(item);
      if (coerced === unusual) return unusual;
      items.push(coerced);
    }
    return items;
  };
}

interface PlannedInputField {
  readonly name: string;
  readonly coerce: Coercer;
  /** The value of a field that is not given. */
  readonly missing: unknown;
}

function createObjectCoercer(type: GraphQLInputObjectType): Coercer {
  // Later, because a type may contain itself.
  let fields: readonly PlannedInputField[] | undefined;
  return (value) => {
    if (value === null) return null;
    if (typeof value !== 'object' || Array.isArray(value) || type.isOneOf) return unusual;
    fields ??= Object.values(type.getFields()).map(planInputField);
    const coerced: Record<string, unknown> = {};
    let known = 0;
    for (const { name, coerce, missing } of fields) {
      const given = (value as Record<string, unknown>)[name];
      if (given !== undefined) known++;
      const field = given === undefined ? missing : coerce(given);
      if (field === unusual) return unusual;
      if (field !== undefined) coerced[name] = field;
    }
    return Object.keys(value).length === known ? coerced : unusual; // guard: unknown-input-fields
  };
}

function planInputField({ name, type, defaultValue }: GraphQLInputField): PlannedInputField {
  const missing = defaultValue === undefined && isNonNullType(type) ? unusual : defaultValue;
  return { name, coerce: getCoercer(type), missing };
}

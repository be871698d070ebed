import {
  getArgumentValues,
  isNonNullType,
  Kind,
  valueFromAST,
  type FieldNode,
  type GraphQLArgument,
  type GraphQLField,
  type ValueNode,
} from 'graphql';

/** Variables of an operation after coercion. */
export type Variables = Readonly<Record<string, unknown>>;
type Arguments = Record<string, unknown>;
type Field = GraphQLField<unknown, unknown>;

/** An argument with a constant, or with the value of a variable. */
interface PlannedArgument {
  readonly name: string;
  readonly constant: unknown;
  /** The name of the variable; null for a constant. */
  readonly variable: string | null;
  readonly isNonNull: boolean;
}

/** The arguments of a field in order. Null if GraphQL must coerce them for each call. */
export type FieldArguments = readonly PlannedArgument[] | null;

const none: FieldArguments = [];

/**
 * Plans how to read the arguments of a field. Only variables and primitive constants are planned: a resolver might modify
 * an object or a list, so each call gets its own.
 */
export function planArguments(definition: Field, node: FieldNode): FieldArguments {
  if (definition.args.length === 0) return none;
  const planned: PlannedArgument[] = [];
  for (const argument of definition.args) {
    const value = node.arguments?.find(({ name }) => name.value === argument.name)?.value;
    const isNonNull = isNonNullType(argument.type);
    const { name } = argument;
    if (value?.kind === Kind.VARIABLE) {
      planned.push({ name, constant: undefined, variable: value.name.value, isNonNull });
      continue;
    }
    const constant = readConstant(argument, value);
    if (constant === undefined && value === undefined && !isNonNull) continue; // Neither a value nor a default.
    if (!isPrimitive(constant) || (constant === null && isNonNull)) return null;
    planned.push({ name, constant, variable: null, isNonNull });
  }
  return planned;
}

function readConstant({ type, defaultValue }: GraphQLArgument, value: ValueNode | undefined): unknown {
  return value === undefined ? defaultValue : valueFromAST(value, type);
}

function isPrimitive(value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

/**
 * Reads the arguments of a field for one call.
 *
 * @throws {GraphQLError} if an argument has no valid value.
 */
export function readArguments(
  planned: FieldArguments,
  definition: Field,
  node: FieldNode,
  variables: Variables,
): Arguments {
  if (planned === null) return getArgumentValues(definition, node, variables);
  const args: Arguments = {};
  for (const { name, constant, variable, isNonNull } of planned) {
    let value = constant;
    if (variable !== null) {
      value = Object.hasOwn(variables, variable) ? variables[variable] : undefined;
      // A missing variable takes the default of the argument, or is an error.
      if (value === undefined || (value === null && isNonNull))
        return getArgumentValues(definition, node, variables);
    }
    args[name] = value;
  }
  return args;
}

import {
  defaultFieldResolver,
  GraphQLError,
  locatedError,
  OperationTypeNode,
  type ExecutionResult,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
} from 'graphql';
import { CollectedErrors, pathToArray, type Path } from './collected-errors.ts';
import type { Completion } from './completion.ts';
import { readArguments, type Variables } from './field-arguments.ts';
import { isPromise, type MaybePromise } from './maybe-promise.ts';
import type { OperationPlan, PlannedField, Selection, TemporarySelections } from './operation-plan.ts';
import { checkRuntimeType, findRuntimeType } from './runtime-type.ts';

/*
 * Executes operations as graphql-js 16 does, but from plans. It calls the same resolvers in the same order, and waits for the
 * same promises, so that responses are identical, including the order of their errors.
 */

export interface ExecutionInput {
  /** After coercion. */
  readonly variables: Variables;
  readonly context: object;
  /** The value whose fields are the root fields: the event of a subscription. */
  readonly root?: unknown;
}

type Results = Record<string, unknown>;

/** Executes an operation. Returns a promise if a resolver does. Never throws or rejects. */
export function executePlan(plan: OperationPlan, input: ExecutionInput): MaybePromise<ExecutionResult> {
  return new PlanExecution(plan, input).run();
}

/** Returns what a resolver gets as its last argument. */
export function createInfo(
  { schema, fragments, operation }: OperationPlan,
  { definition, nodes, parentType }: PlannedField,
  { root, variables }: ExecutionInput,
  path: Path,
): GraphQLResolveInfo {
  return {
    fieldName: definition.name,
    fieldNodes: nodes,
    returnType: definition.type,
    parentType,
    path,
    schema,
    fragments,
    rootValue: root,
    operation,
    variableValues: variables,
  };
}

class PlanExecution {
  readonly #plan: OperationPlan;
  readonly #input: ExecutionInput;
  readonly #errors = new CollectedErrors();
  readonly #temporary: TemporarySelections = new Map();

  constructor(plan: OperationPlan, input: ExecutionInput) {
    this.#plan = plan;
    this.#input = input;
  }

  run(): MaybePromise<ExecutionResult> {
    const fail = (error: unknown) => {
      this.#errors.add(error as GraphQLError, undefined);
      return this.#toResult(null);
    };
    try {
      const root = this.#plan.getRoot(this.#input.variables);
      const isMutation = this.#plan.operation.operation === OperationTypeNode.MUTATION;
      // guard: mutations-in-order
      const results = isMutation ? this.#executeSerially(root) : this.#executeFields(root, this.#input.root);
      return isPromise(results)
        ? results.then((data) => this.#toResult(data), fail)
        : this.#toResult(results);
    } catch (error) {
      return fail(error);
    }
  }

  #toResult(data: Results | null): ExecutionResult {
    const { errors } = this.#errors;
    return errors.length === 0 ? { data } : { errors, data };
  }

  /** Executes the fields of a mutation one after another. */
  #executeSerially(selection: Selection): MaybePromise<Results> {
    const step = (results: Results, field: PlannedField): MaybePromise<Results> => {
      const set = (value: unknown) => {
        results[field.responseName] = value;
        return results;
      };
      const value = this.#executeField(field, this.#input.root, undefined);
      return isPromise(value) ? value.then(set) : set(value);
    };
    let results: MaybePromise<Results> = createResults(selection);
    for (const field of selection.fields)
      results = isPromise(results) ? results.then((before) => step(before, field)) : step(results, field);
    return results;
  }

  /** Executes the fields of an object. */
  #executeFields(selection: Selection, source: unknown, path?: Path): MaybePromise<Results> {
    const results = createResults(selection);
    let hasPromise = false;
    try {
      for (const field of selection.fields) {
        const value = this.#executeField(field, source, path);
        results[field.responseName] = value;
        if (isPromise(value)) hasPromise = true;
      }
    } catch (error) {
      if (!hasPromise) throw error;
      // The promises of other fields may reject too.
      return settleAll(results).finally(() => {
        throw error;
      });
    }
    return hasPromise ? settleAll(results) : results;
  }

  #executeField(field: PlannedField, source: unknown, parentPath: Path | undefined): unknown {
    const { definition, parentType, completion } = field;
    if (field.isTypename) return parentType.name;
    const path: Path = { prev: parentPath, key: field.responseName, typename: parentType.name };
    const info = createInfo(this.#plan, field, this.#input, path);
    let value: unknown;
    try {
      const args = readArguments(field.arguments, definition, field.node, this.#input.variables);
      // Resolvers are not part of the plan: tests and benchmarks replace them.
      const resolve = definition.resolve ?? defaultFieldResolver;
      value = resolve(source, args, this.#input.context, info);
    } catch (error) {
      return this.#handle(error, completion, field, path);
    }
    return this.#settle(completion, field, info, path, value);
  }

  /** Completes a value or a promise of one, and handles its errors. */
  #settle(
    completion: Completion,
    field: PlannedField,
    info: GraphQLResolveInfo,
    path: Path,
    value: unknown,
  ): unknown {
    try {
      const completed = isPromise(value)
        ? value.then((settled) => this.#complete(completion, field, info, path, settled))
        : this.#complete(completion, field, info, path, value);
      return isPromise(completed)
        ? completed.then(undefined, (error: unknown) => this.#handle(error, completion, field, path))
        : completed;
    } catch (error) {
      return this.#handle(error, completion, field, path);
    }
  }

  /** Makes the field null. If it must not be, its parent becomes null instead. */
  #handle(error: unknown, { isNonNull }: Completion, { nodes }: PlannedField, path: Path): null {
    const located = locatedError(error, nodes, pathToArray(path));
    if (isNonNull) throw located; // guard: null-propagation
    this.#errors.add(located, path);
    return null;
  }

  /** Converts what a resolver returned into a part of the response. */
  #complete(
    completion: Completion,
    field: PlannedField,
    info: GraphQLResolveInfo,
    path: Path,
    value: unknown,
  ): unknown {
    if (value instanceof Error) throw value;
    if (value != null) return this.#completeValue(completion, field, info, path, value);
    if (!completion.isNonNull) return null; // guard: null-of-non-null-field
    throw new Error(`Cannot return null for non-nullable field ${info.parentType.name}.${info.fieldName}.`);
  }

  #completeValue(
    completion: Completion,
    field: PlannedField,
    info: GraphQLResolveInfo,
    path: Path,
    value: unknown,
  ): unknown {
    switch (completion.kind) {
      case 'leaf':
        return serialize(completion.type, value);
      case 'object':
        return this.#completeObject(completion.type, field, info, path, value);
      case 'list':
        return this.#completeList(completion.item, field, info, path, value);
      case 'abstract': {
        const complete = (name: unknown) =>
          this.#completeObject(checkRuntimeType(completion.type, name, info), field, info, path, value);
        const name = findRuntimeType(completion.type, value, this.#input.context, info);
        return isPromise(name) ? name.then(complete) : complete(name);
      }
    }
  }

  #completeObject(
    type: GraphQLObjectType,
    field: PlannedField,
    info: GraphQLResolveInfo,
    path: Path,
    value: unknown,
  ): MaybePromise<Results> {
    const selection = this.#plan.getSelection(field, type, this.#input.variables, this.#temporary);
    if (type.isTypeOf == null) return this.#executeFields(selection, value, path);
    const execute = (isOfType: boolean) => {
      if (isOfType) return this.#executeFields(selection, value, path);
      throw new GraphQLError(`A value is not of its type "${type.name}".`, { nodes: field.nodes });
    };
    const isOfType = type.isTypeOf(value, this.#input.context, info);
    return isPromise(isOfType) ? isOfType.then(execute) : execute(isOfType);
  }

  #completeList(
    completion: Completion,
    field: PlannedField,
    info: GraphQLResolveInfo,
    path: Path,
    value: unknown,
  ): MaybePromise<unknown[]> {
    if (typeof value !== 'object' || value === null || !(Symbol.iterator in value))
      throw new GraphQLError(
        `Expected Iterable, but did not find one for field "${info.parentType.name}.${info.fieldName}".`,
      );
    const items: unknown[] = [];
    let hasPromise = false;
    try {
      for (const item of value as Iterable<unknown>) {
        const itemPath: Path = { prev: path, key: items.length, typename: undefined };
        const completed = this.#settle(completion, field, info, itemPath, item);
        if (isPromise(completed)) hasPromise = true;
        items.push(completed);
      }
    } catch (error) {
      // The promises of other items may reject too. graphql-js would leave that unhandled, which ends the process.
      void Promise.allSettled(items); // guard: rejected-items-handled
      throw error;
    }
    return hasPromise ? Promise.all(items) : items;
  }
}

/** Objects without a prototype are slower, but a response name may be `__proto__`. */
function createResults({ hasProto }: Selection): Results {
  const results = (hasProto ? Object.create(null) : {}) as Results; // guard: proto-response-name
  return results;
}

/** Replaces promises by their values. */
async function settleAll(results: Results): Promise<Results> {
  const names: string[] = [];
  const promises: unknown[] = [];
  for (const name of Object.keys(results)) {
    const value = results[name];
    if (!isPromise(value)) continue;
    names.push(name);
    promises.push(value);
  }
  const values = await Promise.all(promises);
  for (const [i, name] of names.entries()) results[name] = values[i];
  return results;
}

function serialize(type: GraphQLLeafType, value: unknown): unknown {
  const serialized: unknown = type.serialize(value);
  if (serialized == null)
    throw new Error(`${type.name}.serialize must return a value, returned: ${String(serialized)}.`);
  return serialized;
}

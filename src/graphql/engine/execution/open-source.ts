import { defaultFieldResolver, locatedError, type ExecutionResult } from 'graphql';
import { pathToArray, type Path } from './collected-errors.ts';
import { createInfo, type ExecutionInput } from './execute-plan.ts';
import { readArguments } from './field-arguments.ts';
import type { OperationPlan } from './operation-plan.ts';

/**
 * Opens the source of a subscription: calls the `subscribe` resolver of its field. Returns a result with errors if the
 * resolver fails.
 */
export async function openSource(
  plan: OperationPlan,
  input: ExecutionInput,
): Promise<ExecutionResult | AsyncIterable<unknown>> {
  const [field] = plan.getRoot(input.variables).fields;
  // `@skip` and `@include` may leave nothing.
  if (field === undefined) throw new Error('The subscription selects no field.');
  const { definition, node, nodes } = field;
  const path: Path = { prev: undefined, key: field.responseName, typename: field.parentType.name };
  try {
    const args = readArguments(field.arguments, definition, node, input.variables);
    const subscribe = definition.subscribe ?? defaultFieldResolver;
    const info = createInfo(plan, field, input, path);
    const source: unknown = await subscribe(input.root, args, input.context, info);
    if (source instanceof Error) throw source;
    if (isAsyncIterable(source)) return source;
  } catch (error) {
    return { errors: [locatedError(error, nodes, pathToArray(path))] };
  }
  throw new Error('Subscription field must return Async Iterable.');
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

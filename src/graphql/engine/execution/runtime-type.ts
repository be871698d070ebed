import {
  defaultTypeResolver,
  GraphQLError,
  isObjectType,
  type GraphQLAbstractType,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
} from 'graphql';
import type { MaybePromise } from './maybe-promise.ts';

/** Asks an interface or a union for the name of the object type of a value. */
export function findRuntimeType(
  type: GraphQLAbstractType,
  value: unknown,
  context: object,
  info: GraphQLResolveInfo,
): MaybePromise<unknown> {
  return (type.resolveType ?? defaultTypeResolver)(value, context, info, type);
}

/**
 * Returns the object type that an interface or a union has found for a value.
 *
 * @throws {GraphQLError} if it is not one of its types.
 */
export function checkRuntimeType(
  abstract: GraphQLAbstractType,
  name: unknown,
  { parentType, fieldName, fieldNodes, schema }: GraphQLResolveInfo,
): GraphQLObjectType {
  if (typeof name !== 'string')
    throw new GraphQLError(
      `Abstract type "${abstract.name}" must resolve to an Object type at runtime for field "${parentType.name}.${fieldName}". Either the "${abstract.name}" type should provide a "resolveType" function or each possible type should provide an "isTypeOf" function.`,
      { nodes: fieldNodes },
    );
  const type = schema.getType(name);
  // guard: runtime-type-checked
  if (!isObjectType(type) || !schema.isSubType(abstract, type))
    throw new GraphQLError(`Runtime Object type "${name}" is not a possible type for "${abstract.name}".`, {
      nodes: fieldNodes,
    });
  return type;
}

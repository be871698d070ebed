import {
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  type GraphQLAbstractType,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
} from 'graphql';

/** How the executor completes a value of a type: what the type is, without its wrappers. */
export type Completion = { readonly isNonNull: boolean } & (
  | { readonly kind: 'leaf'; readonly type: GraphQLLeafType }
  | { readonly kind: 'object'; readonly type: GraphQLObjectType }
  | { readonly kind: 'abstract'; readonly type: GraphQLAbstractType }
  | { readonly kind: 'list'; readonly item: Completion }
);

/** Weak, because tests create schemas. */
const completions = new WeakMap<GraphQLOutputType, Completion>();

/** Returns the completion of a type. All fields of that type share it. */
export function getCompletion(type: GraphQLOutputType): Completion {
  let completion = completions.get(type);
  if (completion === undefined) {
    const isNonNull = isNonNullType(type);
    completion = create(isNonNull ? (type.ofType as GraphQLOutputType) : type, isNonNull);
    completions.set(type, completion);
  }
  return completion;
}

function create(type: GraphQLOutputType, isNonNull: boolean): Completion {
  if (isListType(type)) return { kind: 'list', item: getCompletion(type.ofType), isNonNull };
  if (isLeafType(type)) return { kind: 'leaf', type, isNonNull };
  if (isAbstractType(type)) return { kind: 'abstract', type, isNonNull };
  return { kind: 'object', type: type as GraphQLObjectType, isNonNull };
}

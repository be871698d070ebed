import {
  buildASTSchema,
  getNullableType,
  isAbstractType,
  isEnumType,
  isLeafType,
  isListType,
  isObjectType,
  parse,
  printSchema,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from 'graphql';
import { schema as realSchema } from '../../../../src/graphql/schema/schema.ts';

/** The context of executions with the fake schema. */
export interface FakeContext {
  /** Different seeds give different values, with errors in different places. */
  readonly seed: number;
  /** The places of the resolvers that were called, in order, with their arguments. */
  readonly calls: string[];
}

/**
 * Creates a copy of the API's schema whose resolvers return values that depend only on the seed and the place in the
 * response: objects, lists, null, errors, values that cannot be serialized, and promises of all these.
 */
export function createFakeSchema(): GraphQLSchema {
  const schema = buildASTSchema(parse(printSchema(realSchema)));
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    if (isAbstractType(type)) type.resolveType = (_value, context, info) => chooseType(context, info, type);
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      field.resolve = (_source, args, context, info) => {
        const { calls, seed } = context as FakeContext;
        const place = describe(info.path);
        calls.push(`${place} ${JSON.stringify(args)}`);
        return settle(schema, field.type, seed, place);
      };
      field.subscribe = field.resolve;
    }
  }
  return schema;
}

function describe(path: GraphQLResolveInfo['path'] | undefined): string {
  return path === undefined ? '' : `${describe(path.prev)}/${path.key}`;
}

/** FNV-1a. */
function hash(seed: number, text: string): number {
  let value = 2_166_136_261 ^ seed;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 16_777_619);
  return (value ^ (value >>> 15)) >>> 0;
}

function settle(schema: GraphQLSchema, type: GraphQLOutputType, seed: number, place: string): unknown {
  const choice = hash(seed, place);
  const isLate = choice % 3 === 0;
  const outcome = Math.floor(choice / 3) % 40;
  if (outcome === 0) {
    if (isLate) return late(choice, () => Promise.reject(new Error(`rejected at ${place}`)));
    throw new Error(`thrown at ${place}`);
  }
  const value = outcome === 1 ? new Error(`returned at ${place}`) : outcome === 2 ? null : undefined;
  const settled = value === undefined ? createValue(schema, type, seed, place) : value;
  return isLate ? late(choice, async () => settled) : settled;
}

/** Resolves after a turn of the event loop. */
export const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Settles after some microtasks, or after a turn of the event loop. */
async function late<T>(choice: number, then: () => Promise<T>): Promise<T> {
  if (choice % 7 === 0) await nextTurn();
  for (let i = choice % 5; i > 0; i--) await Promise.resolve();
  return then();
}

function createValue(schema: GraphQLSchema, type: GraphQLOutputType, seed: number, place: string): unknown {
  const choice = Math.floor(hash(seed, `${place} value`) / 8);
  const nullable = getNullableType(type);
  if (isListType(nullable)) {
    if (choice % 40 === 0) return 'not a list';
    // Either all are late or none is, and then none fails: graphql-js leaves the other items' rejections unhandled.
    const isLate = choice % 2 === 0 || !isLeafType(getNullableType(nullable.ofType));
    const items = Array.from({ length: choice % 4 }, async (_, i) =>
      isLate ? settle(schema, nullable.ofType, seed, `${place}/${i}`) : 0,
    );
    void Promise.allSettled(items); // They may reject before the executor sees them.
    if (!isLate) return items.map((_, i) => createValue(schema, nullable.ofType, seed, `${place}/${i}`));
    return choice % 5 === 0 ? new Set(items) : items;
  }
  if (isEnumType(nullable)) {
    const values = nullable.getValues();
    return choice % 40 === 0 ? 'NO_SUCH_VALUE' : values[choice % values.length]?.value;
  }
  switch (nullable.toString()) {
    case 'Int':
      return choice % 40 === 0 ? 'no integer' : choice % 1_000;
    case 'Boolean':
      return choice % 40 === 0 ? 'neither' : choice % 2 === 0;
    case 'ID':
    case 'String':
      return choice % 40 === 0 ? {} : `“${choice}”`;
    default:
      return { choice };
  }
}

function chooseType(
  context: unknown,
  info: GraphQLResolveInfo,
  type: Parameters<GraphQLSchema['getPossibleTypes']>[0],
) {
  const choice = hash((context as FakeContext).seed, `${describe(info.path)} type`) >>> 3;
  const possible = info.schema.getPossibleTypes(type);
  const name =
    choice % 30 === 0 ? 'PageInfo' : choice % 31 === 0 ? undefined : possible[choice % possible.length]?.name;
  return choice % 4 === 0 ? late(choice, async () => name) : name;
}

import {
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
} from 'graphql';

/** A document with one operation, and variables for it. */
export interface RandomOperation {
  readonly query: string;
  readonly variables: Record<string, unknown>;
}

const FIELDS_MAX = 40;
const DEPTH_MAX = 5;

/** Creates a random operation: with aliases, fragments, directives, literals and variables. Most are valid. */
export function createOperation(schema: GraphQLSchema, seed: number): RandomOperation {
  return new Generator(schema, seed).createOperation();
}

class Generator {
  readonly #schema: GraphQLSchema;
  readonly #definitions: string[] = [];
  readonly #fragments: { readonly name: string; readonly on: string }[] = [];
  readonly #declared: string[] = [];
  readonly #variables: Record<string, unknown> = {};
  #state: number;
  #fields = 0;
  #names = 0;

  constructor(schema: GraphQLSchema, seed: number) {
    this.#schema = schema;
    this.#state = seed;
  }

  createOperation(): RandomOperation {
    const kind = this.#pick(['query', 'query', 'mutation', 'subscription']);
    const type =
      kind === 'query'
        ? this.#schema.getQueryType()
        : kind === 'mutation'
          ? this.#schema.getMutationType()
          : this.#schema.getSubscriptionType();
    if (type == null) throw new Error('the type is missing');
    const selections =
      kind === 'subscription'
        ? `{ ${this.#field(this.#pick(Object.values(type.getFields())), 1)} }`
        : this.#selections(type, 1);
    const declared = this.#declared.length === 0 ? '' : `(${this.#declared.join(', ')})`;
    return {
      query: [`${kind} Random${declared} ${selections}`, ...this.#definitions].join('\n'),
      variables: this.#variables,
    };
  }

  createValues(types: ReadonlyMap<string, GraphQLInputType>): Record<string, unknown> {
    return Object.fromEntries([...types].map(([name, type]) => [name, this.#value(type)]));
  }

  #selections(type: GraphQLCompositeType, depth: number): string {
    const count = 1 + this.#next(4);
    const selections = Array.from({ length: count }, () => this.#selection(type, depth));
    return `{ ${selections.join(' ')} }`;
  }

  #selection(type: GraphQLCompositeType, depth: number): string {
    const choice = this.#next(10);
    if (choice === 0 || !('getFields' in type)) {
      if (choice < 3) return `__typename${this.#directive()}`;
      return this.#fragment(type, depth);
    }
    if (choice < 3) return this.#fragment(type, depth);
    return this.#field(this.#pick(Object.values(type.getFields())), depth);
  }

  #fragment(type: GraphQLCompositeType, depth: number): string {
    if (depth >= DEPTH_MAX) return '__typename';
    const on = this.#overlapping(type);
    if (this.#next(2) === 0) {
      const condition = on === type && this.#next(3) === 0 ? '' : ` on ${on.name}`;
      return `...${condition}${this.#directive()} ${this.#selections(on, depth + 1)}`;
    }
    const known = this.#fragments.filter((fragment) => fragment.on === on.name);
    if (known.length > 0 && this.#next(2) === 0) return `...${this.#pick(known).name}${this.#directive()}`;
    const name = `Fragment${this.#names++}`;
    this.#definitions.push(`fragment ${name} on ${on.name} ${this.#selections(on, depth + 1)}`);
    this.#fragments.push({ name, on: on.name });
    return `...${name}${this.#directive()}`;
  }

  #overlapping(type: GraphQLCompositeType): GraphQLCompositeType {
    if (isAbstractType(type)) return this.#pick([type, ...this.#schema.getPossibleTypes(type)]);
    return isObjectType(type) ? this.#pick([type, ...type.getInterfaces()]) : type;
  }

  #field(field: GraphQLField<unknown, unknown>, depth: number): string {
    const named = getNamedType(field.type);
    const isComposite = isCompositeType(named);
    if (isComposite && (depth >= DEPTH_MAX || this.#fields > FIELDS_MAX)) return '__typename';
    this.#fields++;
    const args = field.args.map((argument) => this.#argument(argument)).filter((text) => text !== '');
    // Fields with different arguments or selections must not have the same name.
    const isPlain = args.length === 0 && this.#next(2) === 0;
    const alias = isPlain ? '' : `${this.#next(20) === 0 ? '__proto__' : `a${this.#names++}`}: `;
    const given = args.length === 0 ? '' : `(${args.join(', ')})`;
    const selections = isComposite ? ` ${this.#selections(named, depth + 1)}` : '';
    return `${alias}${field.name}${given}${this.#directive()}${selections}`;
  }

  #directive(): string {
    const name = this.#pick(['skip', 'include']);
    switch (this.#next(8)) {
      case 0:
        return ` @${name}(if: ${this.#next(2) === 0})`;
      case 1: {
        const variable = `v${this.#names++}`;
        this.#declared.push(`$${variable}: Boolean!`);
        this.#variables[variable] = this.#next(2) === 0;
        return ` @${name}(if: $${variable})`;
      }
      case 2: {
        if (this.#next(4) > 0) return '';
        const variable = `v${this.#names++}`;
        this.#declared.push(`$${variable}: Boolean = ${this.#next(2) === 0}`);
        if (this.#next(2) === 0) this.#variables[variable] = this.#pick([true, false, null]);
        return ` @${name}(if: $${variable})`;
      }
      default:
        return '';
    }
  }

  #argument({ name, type, defaultValue }: GraphQLArgument): string {
    const isRequired = isNonNullType(type) && defaultValue === undefined;
    if (!isRequired && this.#next(2) === 0) return '';
    if (this.#next(2) === 0) return `${name}: ${this.#literal(this.#value(type), type)}`;
    const variable = `v${this.#names++}`;
    this.#declared.push(`$${variable}: ${type.toString()}`);
    if (isRequired || this.#next(4) > 0) this.#variables[variable] = this.#value(type);
    return `${name}: $${variable}`;
  }

  #value(type: GraphQLInputType): unknown {
    if (!isNonNullType(type) && this.#next(6) === 0) return null;
    const nullable = getNullableType(type);
    if (isListType(nullable))
      return Array.from({ length: this.#next(3) }, () => this.#value(nullable.ofType));
    if (isEnumType(nullable)) return this.#pick(nullable.getValues()).name;
    if (!isInputObjectType(nullable))
      return nullable.name === 'Int' || nullable.name === 'SafeInt'
        ? this.#next(100)
        : nullable.name === 'Boolean'
          ? this.#next(2) === 0
          : nullable.name === 'Float'
            ? 0.5
            : `text ${this.#next(100)}`;
    const value: Record<string, unknown> = {};
    for (const field of Object.values(nullable.getFields()))
      if ((isNonNullType(field.type) && field.defaultValue === undefined) || this.#next(2) === 0)
        value[field.name] = this.#value(field.type);
    return value;
  }

  #literal(value: unknown, type: GraphQLInputType): string {
    if (value === null) return 'null';
    const nullable = getNullableType(type);
    if (isListType(nullable))
      return `[${(value as unknown[]).map((item) => this.#literal(item, nullable.ofType)).join(', ')}]`;
    if (isEnumType(nullable)) return value as string;
    if (!isInputObjectType(nullable)) return JSON.stringify(value);
    const fields = nullable.getFields();
    const parts = Object.entries(value as object).map(
      ([name, part]) => `${name}: ${this.#literal(part, fields[name]?.type ?? nullable)}`,
    );
    return `{ ${parts.join(', ')} }`;
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.#next(items.length)] as T;
  }

  /** Returns a number below `max` (mulberry32). */
  #next(max: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let value = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    value ^= value + Math.imul(value ^ (value >>> 7), 61 | value);
    return ((value ^ (value >>> 14)) >>> 0) % max;
  }
}

/** Creates variables of the types that an operation declares. */
export function createVariables(
  schema: GraphQLSchema,
  types: ReadonlyMap<string, GraphQLInputType>,
  seed: number,
): Record<string, unknown> {
  return new Generator(schema, seed).createValues(types);
}

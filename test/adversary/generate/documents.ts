import {
  getNamedType,
  isCompositeType,
  isObjectType,
  isUnionType,
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import type { Recipe } from '../recipe.ts';
import type { Draw } from './draw.ts';
import type { Values } from './values.ts';

export interface GeneratedOperation {
  /** The document, as in a GET or, quoted, in JSON. */
  readonly query: Recipe;
  /** JSON. */
  readonly variables: Recipe;
  readonly type: 'query' | 'mutation' | 'subscription';
}

const PADDING_MAX = 900_000;
const FIELDS_MAX = 1_900;
const LEVELS_MAX = 14;

/** Generates operations on a schema: valid ones, and ones with many repeated parts or too many parts. */
export class Documents {
  readonly #draw: Draw;
  readonly #schema: GraphQLSchema;
  readonly #values: Values;
  #definitions: Recipe[] = [];
  #variables: Recipe[] = [];
  #fragments: Recipe[] = [];

  constructor(draw: Draw, schema: GraphQLSchema, values: Values) {
    this.#draw = draw;
    this.#schema = schema;
    this.#values = values;
  }

  operation(only?: GeneratedOperation['type']): GeneratedOperation {
    const draw = this.#draw;
    [this.#definitions, this.#variables, this.#fragments] = [[], [], []];
    const type = only ?? draw.pick(['query', 'query', 'query', 'mutation', 'subscription'] as const);
    const root = this.#root(type);
    const roots = draw.list(type === 'subscription' ? 1 : draw.whole(1, 3), () =>
      this.#field(draw.pick(Object.values(root.getFields())), draw.whole(1, LEVELS_MAX), ''),
    );
    const selections: Recipe[] = [...roots];
    if (draw.chance(15)) selections.push(this.#many(root));
    if (draw.chance(10)) this.#unusedFragments(root);
    if (draw.chance(10)) selections.push(this.#spreads(root));
    if (draw.chance(5))
      this.#definitions.push({ repeat: ['$u', { number: true }, ':Int '], times: draw.size(300) });
    if (draw.chance(5))
      this.#variables.push(['"undeclared":', this.#values.wide()], ['"more":', this.#values.hostile()]);
    const definitions = this.#definitions.length === 0 ? '' : ['(', ...this.#definitions, ')'];
    const directives = draw.chance(5) ? { repeat: ' @include(if:true)', times: draw.size(500) } : '';
    const operation: Recipe = [type, definitions, directives, '{', ...selections, '}'];
    return {
      query: [this.#padding(), operation, ...this.#fragments, this.#moreOperations(), this.#padding()],
      variables: ['{', ...this.#variables.flatMap((part, i) => (i === 0 ? [part] : [',', part])), '}'],
      type,
    };
  }

  #root(type: GeneratedOperation['type']): GraphQLObjectType {
    const schema = this.#schema;
    const root = {
      query: schema.getQueryType(),
      mutation: schema.getMutationType(),
      subscription: schema.getSubscriptionType(),
    }[type];
    if (root == null) throw new Error(`the schema has no ${type}`);
    return root;
  }

  #field(field: GraphQLField<unknown, unknown>, levels: number, alias: Recipe): Recipe {
    const args = field.args.filter((arg) => this.#isNeeded(arg) || this.#draw.chance(30));
    const inner = getNamedType(field.type);
    const given = args.length === 0 ? '' : ['(', ...args.map((arg) => this.#argument(arg)), ')'];
    const selection = isCompositeType(inner) ? this.#selection(inner, levels - 1) : '';
    return [' ', alias, field.name, given, this.#directive(), selection];
  }

  #isNeeded({ type, defaultValue }: GraphQLArgument): boolean {
    return String(type).endsWith('!') && defaultValue === undefined;
  }

  #argument(arg: GraphQLArgument): Recipe {
    const draw = this.#draw;
    const value = this.#values.of(arg.type);
    // JSON is a valid literal of many types, and invalid literals are useful too.
    if (draw.chance(15)) return [arg.name, ':', value, ' '];
    const name = `v${this.#variables.length}`;
    this.#definitions.push(`$${name}:${draw.chance(95) ? String(arg.type) : 'Int'} `);
    this.#variables.push([`"${name}":`, value]);
    return [arg.name, ':$', name, ' '];
  }

  #selection(type: GraphQLCompositeType, levels: number): Recipe {
    const draw = this.#draw;
    if (levels <= 0) return '{__typename}';
    if (isUnionType(type)) {
      const member = draw.pick(type.getTypes());
      return ['{__typename ...on ', member.name, this.#selection(member, levels), '}'];
    }
    const fields = Object.values(type.getFields());
    const chosen = draw.list(draw.whole(1, 2), () => this.#field(draw.pick(fields), levels, ''));
    const many = draw.chance(8) && isObjectType(type) ? this.#many(type) : '';
    return ['{__typename', ...chosen, many, '}'];
  }

  /** Repeats one field, under one name or under many. */
  #many(type: GraphQLObjectType): Recipe {
    const draw = this.#draw;
    const field = draw.pick(Object.values(type.getFields()));
    const times = draw.size(FIELDS_MAX);
    return draw.oneOf<Recipe>(
      () => ({ repeat: ' __typename', times }),
      () => ({ repeat: this.#field(field, 2, ''), times }),
      () => ({ repeat: this.#field(field, 2, ['a', { number: true }, ':']), times: draw.size(40) }),
      () => ({ repeat: this.#field(field, 2, ['a', { number: true }, ':']), times }),
      () => ({ repeat: [' unknown', { number: true }], times }),
      () => ({ repeat: ` ...on ${type.name}{__typename}`, times }),
      () => [{ repeat: ` ...on ${type.name}{`, times }, '__typename', { repeat: '}', times }],
    );
  }

  #unusedFragments(type: GraphQLObjectType): void {
    const times = this.#draw.size(FIELDS_MAX);
    this.#fragments.push(
      this.#draw.oneOf<Recipe>(
        () => [` fragment U on ${type.name}{__typename`, this.#many(type), '}'],
        () => ({ repeat: [' fragment U', { number: true }, ` on ${type.name}{__typename}`], times }),
        () => [` fragment U on ${type.name}`, { repeat: '{a', times }, { repeat: '}', times }],
      ),
    );
  }

  /** Fragments that spread each other: in a chain, in a circle, or twice each. */
  #spreads(type: GraphQLObjectType): Recipe {
    const draw = this.#draw;
    const times = draw.size(draw.pick([30, 300]));
    const twice = draw.chance(30);
    // The number of the next one of a chain can't be computed here; each spreads the first one or itself.
    const body = draw.pick(['...S0', '__typename', ['...S', { number: true }]] as const) as Recipe;
    this.#fragments.push({
      repeat: [' fragment S', { number: true }, ` on ${type.name}{`, body, twice ? [' ', body] : '', '}'],
      times,
    });
    return { repeat: [' ...S', { number: true }], times: draw.chance(80) ? times : draw.size(FIELDS_MAX) };
  }

  #directive(): Recipe {
    const draw = this.#draw;
    if (!draw.chance(4)) return '';
    const directive = draw.pick([
      ' @include(if:true)',
      ' @skip(if:false)',
      ' @unknown',
      ' @defer',
      ' @include',
    ]);
    return { repeat: directive, times: draw.size(600) };
  }

  #padding(): Recipe {
    const draw = this.#draw;
    if (!draw.chance(15)) return '';
    const unit = draw.pick(['\n', '\n', '\r', ' ', ',', '#\n', '#x', '\ufeff', '\t']);
    return { repeat: unit, times: draw.size(PADDING_MAX) };
  }

  #moreOperations(): Recipe {
    const draw = this.#draw;
    if (!draw.chance(4)) return '';
    return { repeat: [' query N', { number: true }, '{__typename}'], times: draw.size(400) };
  }
}

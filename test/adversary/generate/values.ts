import {
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  type GraphQLInputType,
  type GraphQLNamedInputType,
} from 'graphql';
import { encodeEventId, encodeSeatId } from '../../../src/platform/ids.ts';
import type { TargetEvents } from '../target/target.ts';
import { quoted, render, type Recipe } from '../recipe.ts';
import type { Draw } from './draw.ts';

const DEPTH_MAX = 6_000;
const ITEMS_MAX = 12_000;
const KEYS_MAX = 6_000;
const CHARACTERS_MAX = 1_000_000;
/** Percentage of values that do not match their type. */
const HOSTILE_PERCENT = 15;
/** Maximum depth, because input types may contain themselves. */
const LEVELS_MAX = 4;

const oddTexts: readonly Recipe[] = [
  '""',
  '"\\u0000"',
  '"\\ud800"',
  '"\\udfff\\ud800"',
  '"\\u202e\\u2066"',
  ['"', { hex: 'ff' }, '"'],
  ['"', { hex: 'eda080' }, '"'],
  '"1e999"',
  '"__proto__"',
];
const oddNumbers = ['-1', '0.1', '2147483648', '-9007199254740993', '1e400', '-0', '1E-400', '00', '.5'];
const oddJson = ['true', 'null', '{}', '[]', '[[]]', '{"__proto__":{"x":1}}', '{"":1}', 'undefined', 'NaN'];

/** Generates JSON values for variables of a type, or of another one. */
export class Values {
  readonly #draw: Draw;
  readonly #events: TargetEvents;

  constructor(draw: Draw, events: TargetEvents) {
    this.#draw = draw;
    this.#events = events;
  }

  of(type: GraphQLInputType, level = 0): Recipe {
    const draw = this.#draw;
    if (draw.chance(HOSTILE_PERCENT)) return this.hostile();
    if (isNonNullType(type)) return this.of(type.ofType, level);
    if (!isListType(type)) return this.#named(type, level);
    const item = this.of(type.ofType, level + 1);
    const times = draw.chance(30) ? draw.size(ITEMS_MAX) : draw.whole(0, 3);
    return draw.oneOf<Recipe>(
      () => ['[', item, { repeat: [',', item], times }, ']'],
      () => ['[null', { repeat: ',null', times: draw.size(ITEMS_MAX) }, ']'],
    );
  }

  /** JSON or something similar: deep, wide, long or malformed. */
  hostile(): Recipe {
    const draw = this.#draw;
    return draw.oneOf<Recipe>(
      () => this.deep(),
      () => this.wide(),
      () => this.long(),
      () => draw.pick(oddTexts),
      () => draw.pick(oddNumbers),
      () => draw.pick(oddJson),
    );
  }

  deep(): Recipe {
    const draw = this.#draw;
    const times = draw.size(DEPTH_MAX);
    const [open, close] = draw.pick([
      ['[', ']'],
      ['{"a":', '}'],
      ['[1,', ']'],
      ['[{"a":', '}]'],
    ] as const);
    const end = draw.chance(10) ? '' : { repeat: close, times };
    return [{ repeat: open, times }, draw.pick(['null', '""', '1']), end];
  }

  wide(): Recipe {
    const draw = this.#draw;
    return draw.oneOf<Recipe>(
      () => ['[{}', { repeat: ',{}', times: draw.size(ITEMS_MAX) }, ']'],
      () => ['[0', { repeat: ',""', times: draw.size(ITEMS_MAX) }, ']'],
      () => ['{"a":1', { repeat: [',"k', { number: true }, '":1'], times: draw.size(KEYS_MAX) }, '}'],
      () => ['{"a":1', { repeat: ',"a":1', times: draw.size(KEYS_MAX) }, '}'],
      () => ['{"a":[{}', { repeat: ',{}', times: draw.size(ITEMS_MAX) }, ']}'],
    );
  }

  /** JSON of about `bytes` bytes that takes as much memory as possible when parsed. */
  filling(bytes: number): Recipe {
    const draw = this.#draw;
    const unit = draw.pick<Recipe>([
      ',{}',
      ',[]',
      ',""',
      ',[[]]',
      ',{"a":{}}',
      [',{"k', { number: true }, '":1}'],
    ]);
    // Numbers have up to five digits; the first has one.
    const unitBytes = render(unit).length + (typeof unit === 'string' ? 0 : 4);
    const times = Math.floor((bytes * draw.whole(70, 98)) / 100 / unitBytes);
    return ['[0', { repeat: unit, times }, ']'];
  }

  long(): Recipe {
    const draw = this.#draw;
    const unit = draw.pick(['x', '\\n', '\\u0000', 'é', '\\ud800', '/', '\\"', ' ']);
    return ['"', { repeat: unit, times: draw.size(CHARACTERS_MAX) }, '"'];
  }

  #named(type: GraphQLNamedInputType, level: number): Recipe {
    const draw = this.#draw;
    if (isEnumType(type)) return JSON.stringify(draw.pick(type.getValues()).name);
    if (isInputObjectType(type)) return this.#object(type, level);
    switch (type.name) {
      case 'ID':
        return this.#id();
      case 'Boolean':
        return draw.pick(['true', 'false']);
      case 'Int':
      case 'SafeInt':
        return String(
          draw.oneOf(
            () => draw.whole(0, 100),
            () => draw.pick([-1, 2 ** 31, 2 ** 53]),
          ),
        );
      case 'DateTime':
        return draw.pick(['"2031-05-01T19:30:00Z"', '"2031-05-01T19:30:00+99:99"', '"now"']);
      default:
        return draw.oneOf<Recipe>(
          () => '"Block A"',
          () => '"EUR"',
          () => draw.pick(oddTexts),
          () => quoted(draw.chance(50) ? this.#plan() : this.hostile()),
        );
    }
  }

  #object(type: GraphQLNamedInputType & { getFields?: unknown }, level: number): Recipe {
    const draw = this.#draw;
    if (!isInputObjectType(type) || level > LEVELS_MAX) return '{}';
    const fields = Object.values(type.getFields()).filter(
      (field) => isNonNullType(field.type) || draw.chance(40),
    );
    const parts = fields.map((field) => [JSON.stringify(field.name), ':', this.of(field.type, level + 1)]);
    if (draw.chance(15))
      parts.push([['"u":1', { repeat: [',"u', { number: true }, '":1'], times: draw.size(300) }]]);
    if (draw.chance(10)) parts.push(['"note":', this.long()]);
    if (draw.chance(5)) parts.push(['"__proto__":', this.hostile()]);
    return ['{', ...parts.flatMap((part, i) => (i === 0 ? part : [',', ...part])), '}'];
  }

  /** A seating plan with many repeated parts or foreign values. */
  #plan(): Recipe {
    const draw = this.#draw;
    const many = (unit: Recipe, most: number): Recipe => [
      unit,
      { repeat: [',', unit], times: draw.size(most) },
    ];
    const position = draw.chance(90) ? '{"x":1,"y":2}' : this.hostile();
    const seat: Recipe = [
      ['{"seat_guid":"', { number: true }, '","seat_number":"1","category":"A","position":'],
      [position, draw.chance(10) ? [',"x":', this.hostile()] : '', '}'],
    ];
    const rows = ['{"row_number":"1","position":{"x":0,"y":0},"seats":[', many(seat, 3_000), ']}'];
    const zone: Recipe = [
      '{"name":"Z","position":{"x":0,"y":0},"rows":[',
      many(rows, 3),
      '],"areas":[',
      ']}',
    ];
    const categories = many(['{"name":"A","color":"', draw.pick(['red', '#fff', 'x']), '"}'], 2_000);
    const zones = draw.chance(80) ? ['[', many(zone, 3), ']'] : this.hostile();
    const size = '"size":{"width":9,"height":9}';
    return ['{"name":"H",', size, ',"categories":[', categories, '],"zones":', zones, '}'];
  }

  #id(): Recipe {
    const draw = this.#draw;
    const { attacked, attackedSeats } = this.#events;
    return draw.oneOf<Recipe>(
      () => JSON.stringify(encodeEventId(attacked)),
      () => JSON.stringify(encodeSeatId(attacked, draw.whole(0, attackedSeats))),
      () => quoted(Buffer.from(`${draw.pick(['Venue', 'Booking', 'Event', 'X'])}:1`).toString('base64')),
      () => '"nothing"',
    );
  }
}

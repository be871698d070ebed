import type { Ending, HttpAttack } from '../attack.ts';
import { isList, quoted, type Recipe } from '../recipe.ts';
import type { Documents, GeneratedOperation } from './documents.ts';
import type { Draw } from './draw.ts';
import type { Values } from './values.ts';

export interface Generators {
  readonly draw: Draw;
  readonly documents: Documents;
  readonly values: Values;
}

type Header = readonly [name: string, value: Recipe];

const PIECES_MAX = 300;
const HEADER_REPEATS_MAX = 2_000;

const accepts: readonly Recipe[] = [
  'application/graphql-response+json',
  'application/json',
  '*/*',
  'text/event-stream',
  'text/html',
  'nonsense',
  { repeat: 'a/b;q=0,', times: 1_000 },
];
const contentTypes = [
  'application/json; charset=utf-16',
  'application/json;;;',
  'application/graphql',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/plain',
  '',
];

/** Placeholders for valid tokens, which can't be stored: of a buyer, and of the organizer of the attacked event. */
export const TOKEN = '$TOKEN';
export const ORGANIZER_TOKEN = '$ORGANIZER';

export function httpAttack(generators: Generators): HttpAttack {
  const { draw } = generators;
  const attack = draw.chance(75)
    ? post(generators)
    : draw.oneOf(
        () => get(generators),
        () => otherRoute(draw),
      );
  const headers = [...attack.headers, ...oddHeaders(draw)];
  if (draw.chance(85)) return { ...attack, headers };
  const cutAt = draw.size(2_000);
  const ending = draw.pick<Ending>(['end', 'reset']);
  return draw.oneOf<HttpAttack>(
    () => ({ ...attack, headers, cutAt, ending, label: `${attack.label}, cut off` }),
    () => ({ ...attack, headers, pieces: draw.size(PIECES_MAX), label: `${attack.label}, in pieces` }),
  );
}

/** A request that is never completed, so that the server must end it. */
export function stalledRequest(generators: Generators): HttpAttack {
  const attack = post(generators);
  return { ...attack, cutAt: generators.draw.size(1_000), ending: 'wait', label: 'HTTP, stalled' };
}

/** Requests of which the server might keep something, if it expected them again. */
export function seriesOfRequests({ draw, documents, values }: Generators): HttpAttack {
  const unit = draw.pick(['a ', 'a:b ', '...a ', '@a ', 'id ', '__typename ']);
  const tokensMax = 1_900;
  const many: Recipe = { repeat: unit, times: Math.floor(tokensMax / draw.whole(1, 3)) };
  const query = draw.oneOf<Recipe>(
    () => ['{x', { number: true }, ' ', many, '}'],
    () => ['{__typename ', many, ' x', { number: true }, '}'],
    () => ['query Q', { number: true }, '{__typename ', many, '}'],
    () => [documents.operation().query, ' query Q', { number: true }, '{__typename}'],
  );
  const more: Recipe = draw.chance(50) ? '' : [',"variables":{"v":', values.filling(15_000), '}'];
  return {
    kind: 'http',
    label: 'series of requests',
    method: 'POST',
    target: '/graphql',
    headers: [
      ['content-type', 'application/json'],
      ['authorization', draw.chance(50) ? `Bearer ${TOKEN}` : ['Bearer x', { number: true }]],
    ],
    body: ['{"query":', quoted(query), more, '}'],
    times: draw.whole(40, 200),
  };
}

function post({ draw, documents, values }: Generators): HttpAttack {
  const operation = documents.operation();
  const { type } = operation;
  const contentType = draw.chance(92) ? 'application/json' : draw.pick(contentTypes);
  const headers: Header[] = [
    ['content-type', contentType],
    ['accept', type === 'subscription' && draw.chance(50) ? 'text/event-stream' : draw.pick(accepts)],
  ];
  if (draw.chance(70))
    headers.push(['authorization', `Bearer ${draw.pick([TOKEN, TOKEN, ORGANIZER_TOKEN])}`]);
  const body = draw.chance(85) ? parameters(draw, operation, values) : oddBody(draw, operation, values);
  return { kind: 'http', label: `POST ${type}`, method: 'POST', target: '/graphql', headers, body };
}

function parameters(draw: Draw, { query, variables }: GeneratedOperation, values: Values): Recipe {
  const padding = draw.chance(5) ? { repeat: draw.pick([' ', '\n', '\t']), times: draw.size(900_000) } : '';
  const more: Recipe[] = [];
  if (draw.chance(5)) more.push([',"operationName":', values.hostile()]);
  if (draw.chance(5)) more.push([',"extensions":{"a":', values.hostile(), '}']);
  if (draw.chance(3)) more.push([',"other":', values.hostile()]);
  if (draw.chance(3)) more.push([',"variables":', values.hostile()]);
  return ['{', padding, '"query":', quoted(query), ',"variables":', variables, ...more, '}'];
}

function oddBody(draw: Draw, { query, variables }: GeneratedOperation, values: Values): Recipe {
  return draw.oneOf<Recipe>(
    () => values.hostile(),
    () => values.deep(),
    () => values.wide(),
    () => ['{"query":', values.hostile(), '}'],
    () => ['{"query":', quoted(query), ',"variables":', values.hostile(), '}'],
    () => [
      '[{"query":',
      quoted(query),
      '}',
      { repeat: ',{"query":"{__typename}"}', times: draw.size(9_000) },
      ']',
    ],
    () => ['{"query":', quoted(query), ',"variables":', variables],
    () => ['query=', encoded(query), '&variables=', encoded(variables)],
    () => query,
    () => ({ repeat: { hex: 'ff' }, times: draw.size(100_000) }),
  );
}

function get({ draw, documents, values }: Generators): HttpAttack {
  const { query, variables } = documents.operation(draw.chance(80) ? 'query' : 'mutation');
  const name = draw.chance(10) ? ['&operationName=', encoded(values.hostile())] : '';
  const given = draw.oneOf<Recipe>(
    () => encoded(variables),
    () => draw.pick(['{bad', '%', '%7B%22a%22', '[1]', '1', '"x"', '%00', '%ff']),
    () => encoded(values.hostile()),
  );
  const target = ['/graphql?query=', encoded(query), '&variables=', given, name];
  const headers: Header[] = [['accept', draw.pick(accepts)]];
  if (draw.chance(30)) headers.push(['authorization', `Bearer ${TOKEN}`]);
  return {
    kind: 'http',
    label: 'GET /graphql',
    method: draw.pick(['GET', 'GET', 'HEAD']),
    target,
    headers,
    body: null,
  };
}

function otherRoute(draw: Draw): HttpAttack {
  const target = draw.oneOf<Recipe>(
    () => [
      '/events/',
      { repeat: draw.pick(['RXZlbnQ6Mg', '%00', '/', '..']), times: draw.size(1_000) },
      '/seat-map',
    ],
    () => '/events/RXZlbnQ6Mg==/seat-map',
    () => ['/layouts/', { repeat: draw.pick(['a', '../', '%2e']), times: draw.size(1_000) }],
    () => draw.pick(['/', '/health', '/ready', '/graphiql/x', '//', '*', 'http://[', '/%']),
  );
  const method = draw.pick(['GET', 'GET', 'HEAD', 'POST', 'OPTIONS', 'DELETE', 'TRACE']);
  return { kind: 'http', label: 'other routes', method, target, headers: [], body: null };
}

function oddHeaders(draw: Draw): Header[] {
  if (!draw.chance(12)) return [];
  const times = draw.size(HEADER_REPEATS_MAX);
  return [
    draw.oneOf<Header>(
      () => ['authorization', ['Bearer ', { repeat: draw.pick(['a', 'a.', '.']), times }]],
      () => ['authorization', draw.pick(['Bearer', 'Basic eDp5', 'Bearer e30.e30.e30', `${TOKEN} x`])],
      () => ['x-forwarded-for', { repeat: '1.2.3.4, ', times }],
      () => ['if-none-match', { repeat: '"a", ', times }],
      () => ['accept-encoding', { repeat: 'br;q=0.1, ', times }],
      () => ['x-request-id', { repeat: 'r', times }],
      () => ['content-encoding', draw.pick(['gzip', 'br', 'gzip, '.repeat(9)])],
      () => ['content-length', draw.pick(['-1', '99999999999', '1, 1', 'x'])],
      () => ['transfer-encoding', draw.pick(['chunked', 'gzip, chunked', 'x'])],
      () => ['expect', draw.pick(['100-continue', 'x'])],
      () => ['origin', draw.pick(['null', '://', 'https://evil.example'])],
    ),
  ];
}

/** Encodes for a query string. */
function encoded(recipe: Recipe): Recipe {
  if (typeof recipe === 'string') return encodeURIComponent(recipe.toWellFormed());
  if (isList(recipe)) return recipe.map(encoded);
  if ('repeat' in recipe) return { repeat: encoded(recipe.repeat), times: Math.min(recipe.times, 5_000) };
  return 'hex' in recipe ? recipe.hex.replace(/../g, '%$&') : recipe;
}

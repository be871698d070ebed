import { describe, expect, it } from 'vitest';
import { prefersHtml } from '../../../src/http/accept.ts';
import { isJson } from '../../../src/http/read-body.ts';
import { negotiateResponse } from '../../../src/transport/responses.ts';

const JSON_TYPE = 'application/json';
const GRAPHQL = 'application/graphql-response+json';
const STREAM = 'text/event-stream';

describe('Accept', () => {
  it.each([
    [undefined, JSON_TYPE, true],
    ['', JSON_TYPE, true],
    ['*/*', JSON_TYPE, true],
    ['application/*', JSON_TYPE, false],
    [JSON_TYPE, JSON_TYPE, false],
    ['Application/JSON', JSON_TYPE, false],
    [GRAPHQL, GRAPHQL, false],
    // The order decides only between equal weights.
    [`${GRAPHQL}, ${JSON_TYPE}`, GRAPHQL, false],
    [`${JSON_TYPE}, ${GRAPHQL}`, JSON_TYPE, false],
    [`${JSON_TYPE};q=0.9, ${GRAPHQL}`, GRAPHQL, false],
    [`${GRAPHQL}; q=0.5, ${JSON_TYPE}; q=0.7`, JSON_TYPE, false],
    [`${GRAPHQL};Q=0.5, ${JSON_TYPE} ; Q=0.7`, JSON_TYPE, false],
    // A weight of 0 excludes a type. The most specific range decides.
    [`${JSON_TYPE};q=0, ${GRAPHQL};q=0.1`, GRAPHQL, false],
    [`${JSON_TYPE};q=0`, null, false],
    [`${JSON_TYPE};q=0, */*`, GRAPHQL, true],
    [`*/*, ${JSON_TYPE};q=0`, GRAPHQL, true],
    [`*/*;q=0.1, ${GRAPHQL};q=0`, JSON_TYPE, true],
    [`application/*;q=0, */*`, STREAM, true],
    ['*/*;q=0', null, false],
    // A query gets an event stream if the client prefers it to JSON.
    [STREAM, STREAM, true],
    [`${STREAM}, ${JSON_TYPE}`, JSON_TYPE, true],
    [`${STREAM}, ${JSON_TYPE};q=0.5`, STREAM, true],
    [`${JSON_TYPE}, ${STREAM};q=0.5`, JSON_TYPE, true],
    [`${JSON_TYPE}, ${STREAM};q=0`, JSON_TYPE, false],
    [`${STREAM};q=0, */*`, JSON_TYPE, false],
    // Other types, charsets and invalid weights.
    ['text/html', null, false],
    ['multipart/mixed', null, false],
    [`multipart/mixed;deferSpec=20220824, ${GRAPHQL}, ${JSON_TYPE};q=0.9`, GRAPHQL, false],
    [`${JSON_TYPE};charset=iso-8859-1`, null, false],
    [`${JSON_TYPE}; charset="UTF-8"`, JSON_TYPE, false],
    [`${GRAPHQL};q=high, ${JSON_TYPE}`, JSON_TYPE, false],
    [`${GRAPHQL};q=2, ${JSON_TYPE}`, JSON_TYPE, false],
    [',;,', null, false],
  ])('%s: a single result is %s, a stream can be sent: %s', (accept, result, stream) => {
    expect(negotiateResponse(accept)).toEqual({ regular: result === STREAM ? null : result, stream });
  });

  it('is read in linear time, and long headers are not cached', () => {
    const long = Array(5_000).fill('a/b').join(',');
    expect(negotiateResponse(`${long},${JSON_TYPE}`)).toEqual({ regular: JSON_TYPE, stream: false });
  });

  it.each([
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', true],
    ['text/html', true],
    ['TEXT/HTML ; q=1', true],
    ['text/html;q=0.5, application/json', false],
    ['text/html;q=0, */*', false],
    ['*/*', false],
    ['application/json', false],
    ['application/xtext/html', false],
  ])('prefers a page: %s', (accept, page) => {
    expect(prefersHtml(accept)).toBe(page);
  });
});

describe('Content-Type', () => {
  it.each([
    'application/json',
    'Application/JSON',
    'application/json;charset=utf-8',
    'application/json ; charset=utf-8',
    'application/json; Charset="UTF-8"',
    'application/json; profile=x',
  ])('is JSON: %s', (type) => {
    expect(isJson(type)).toBe(true);
  });

  // Must exclude the types that browsers send across origins without a preflight request.
  it.each([
    undefined,
    '',
    'text/plain',
    'text/plain; application/json',
    'text/plain, application/json',
    'application/json, text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=application/json',
    'application/graphql',
    'application/graphql+json',
    'application/jsonp',
    'application/json; charset=utf-16',
  ])('is not JSON: %s', (type) => {
    expect(isJson(type)).toBe(false);
  });
});

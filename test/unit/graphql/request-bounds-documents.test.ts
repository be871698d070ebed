import fc from 'fast-check';
import { GraphQLError, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { findSizeErrors } from '../../../src/graphql/engine/document/document-size.ts';
import { checkText } from '../../../src/graphql/engine/document/document-text.ts';

describe('documents', () => {
  const codes = (text: string) => findSizeErrors(parse(text)).map(({ message }) => message);

  it.each([
    ['a long alias', `{ ${'x'.repeat(101)}: a }`, /an alias of 101 characters/],
    ['fields of one name', `{ ${'viewer { id } '.repeat(51)} }`, /51 fields with the same response name/],
    [
      'fields of one name within fragments',
      `{ ${'...A '.repeat(2)} ...B } fragment A on Query { ${'a '.repeat(26)} } fragment B on Query { ${'a '.repeat(26)} }`,
      /52 fields with the same response name/,
    ],
    [
      'fields of a fragment that nothing spreads',
      `{ a } fragment F on Query { ${Array.from({ length: 1_001 }, (_, i) => `f${i}`).join(' ')} }`,
      /fragment has 1001 fields/,
    ],
  ])('are refused for %s', (_what, text, message) => {
    expect(codes(text)).toEqual([expect.stringMatching(message)]);
  });

  it('pass with fragments that spread one another, and the same name in different places', () => {
    expect(codes(`{ ${Array.from({ length: 40 }, (_, i) => `a${i} { id }`).join(' ')} }`)).toEqual([]);
  });

  const check = (text: string) => () => checkText(text, 16_384);

  it.each([
    ['lists', `{ a(b: ${'['.repeat(1_900)}${']'.repeat(1_900)}) }`],
    ['objects', `{ a(b: ${'{a:'.repeat(1_900)}1${'}'.repeat(1_900)}) }`],
    ['types', `query ($v: ${'['.repeat(900)}ID${']'.repeat(900)}) { a }`],
    ['inline fragments', `{ ${'... { '.repeat(100)} a ${'} '.repeat(100)} }`],
    ['lists that do not end', `{ a(b: ${'['.repeat(1_900)}`],
    ['a fragment that nothing spreads', `{ a } fragment F on Query { ${'a { '.repeat(60)}`],
  ])('are refused before they are parsed for %s within each other', (_what, text) => {
    expect(check(text)).toThrow(/brackets nested/);
  });

  it('may have any brackets in strings and comments', () => {
    for (const text of [
      `{ a(b: "${'['.repeat(100)}\\"${'{'.repeat(100)}") }`,
      `{ a(b: """${'['.repeat(100)}"\\"""${'{'.repeat(100)}""") }`,
      `{ a # ${'['.repeat(100)}\n }`,
    ])
      expect(check(text)).not.toThrow();
  });

  it('are refused for their length and their lines', () => {
    expect(check(`{ a } #${'x'.repeat(17_000)}`)).toThrow(/characters/);
    expect(check(`${'\n'.repeat(2_500)}{ a }`)).toThrow(/lines/);
    expect(check(`${'\r\n'.repeat(1_500)}{ a }`)).not.toThrow();
  });

  it('that pass the check never overflow the parser’s stack', () => {
    const bracket = fc.constantFrom('{', '}', '[', ']', '(', ')', 'a', ':', '"', '"""', '#', '\n', '$v', ' ');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(bracket, fc.integer({ min: 1, max: 2_000 })), { maxLength: 8 }),
        (runs) => {
          const text = runs.map(([part, times]) => part.repeat(times)).join('');
          try {
            checkText(text, 16_384);
            parse(text, { maxTokens: 2_000 });
          } catch (error) {
            expect(error).toBeInstanceOf(GraphQLError);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

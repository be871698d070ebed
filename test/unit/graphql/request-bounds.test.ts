import fc from 'fast-check';
import { GraphQLError, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { limitErrors } from '../../../src/graphql/engine/errors/response-errors.ts';
import {
  parseParams,
  parseBodyParams,
  parseQueryParams,
  exceededJsonLimit,
  estimateBytes,
} from '../../../src/graphql/engine/graphql-params.ts';
import type { Kept } from '../../../src/graphql/engine/operation.ts';
import { errorLimits } from '../../../src/graphql/engine/limits.ts';
import { MemoryBudget, MemoryAccount } from '../../../src/transport/memory-budget.ts';
import { RequestError } from '../../../src/platform/request-error.ts';

describe('the size of JSON', () => {
  const depthOf = (value: unknown): number =>
    typeof value === 'object' && value !== null
      ? 1 + Math.max(0, ...Object.values(value).map((item) => depthOf(item)))
      : 0;
  const countOf = (value: unknown): number => {
    if (typeof value !== 'object' || value === null) return 0;
    const parts = Object.values(value) as unknown[];
    return (
      (Array.isArray(value) ? 1 : 2) * parts.length +
      parts.reduce<number>((sum, part) => sum + countOf(part), 0)
    );
  };

  it('is what a recursive function finds', () => {
    const limits = fc.record({ depthMax: fc.nat(9), valuesMax: fc.nat(40) });
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), limits, (value, { depthMax, valuesMax }) => {
        const deep = depthOf(value) > depthMax;
        const many = countOf(value) > valuesMax;
        const found = exceededJsonLimit(value, { depthMax, valuesMax });
        expect(found !== null).toBe(deep || many);
        if (found === 'depth') expect(deep).toBe(true);
        if (found === 'values') expect(many).toBe(true);
      }),
    );
  });

  it('is found however deep it is', () => {
    for (const depth of [4_500, 1_000_000]) {
      const value: unknown = JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);
      expect(exceededJsonLimit(value, { depthMax: 32, valuesMax: 1e9 })).toBe('depth');
    }
  });
});

describe('parameters', () => {
  it('are read or refused as a client error, for any JSON', () => {
    const key = fc.constantFrom('query', 'operationName', 'variables', 'extensions', 'other');
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.dictionary(key, fc.jsonValue())), (value) => {
        try {
          const { query, operationName, variables } = parseParams(value);
          expect([typeof query, operationName === null || operationName.length > 0]).toEqual([
            'string',
            true,
          ]);
          expect(variables === null || !Array.isArray(variables)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(RequestError);
          expect((error as RequestError).status).toBeLessThan(500);
        }
      }),
    );
  });

  it('are read or refused as a client error, for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
        for (const read of [
          () => parseBodyParams(Buffer.from(bytes)),
          () => parseQueryParams(`?query={a}&variables=${Buffer.from(bytes).toString('latin1')}`),
        ]) {
          try {
            read();
          } catch (error) {
            expect(error).toBeInstanceOf(RequestError);
          }
        }
      }),
    );
  });

  it('are refused if they are nested too deeply', () => {
    const variables = `{"a":${'['.repeat(40)}${']'.repeat(40)}}`;
    expect(() => parseBodyParams(Buffer.from(`{"query":"{a}","variables":${variables}}`))).toThrow(
      /levels deep/,
    );
  });

  it('are refused if there are too many', () => {
    for (const variables of [
      { a: Array(20_001).fill(0) },
      Object.fromEntries(
        Array(10_001)
          .fill(0)
          .map((_, i) => [i, 0]),
      ),
    ])
      expect(() => parseParams({ query: '{a}', variables })).toThrow(/JSON values/);
  });

  it('of a persisted query cause a request for the full text', () => {
    const hash = '{"persistedQuery":{"version":1,"sha256Hash":"abc"}}';
    for (const read of [
      () => parseBodyParams(Buffer.from(`{"extensions":${hash}}`)),
      () => parseQueryParams(`?extensions=${encodeURIComponent(hash)}`),
    ])
      expect(read).toThrow(
        expect.objectContaining({ message: 'PersistedQueryNotSupported', status: 200 }) as RequestError,
      );
  });
});

describe('errors of a response', () => {
  const { errorsMax, messageCharactersMax, charactersMax } = errorLimits;

  it('are limited in number, length and total size', () => {
    const error = fc
      .tuple(fc.string({ maxLength: 2_000, unit: 'binary' }), fc.string({ maxLength: 30_000 }))
      .map(([message, note]) => new GraphQLError(message, { extensions: { note } }));
    fc.assert(
      fc.property(fc.array(error, { maxLength: 60 }), (errors) => {
        const shown = limitErrors(errors);
        expect(shown.length).toBeLessThanOrEqual(errorsMax + 1);
        expect(shown.length > errors.length).toBe(false);
        for (const { message } of shown) expect(message.length).toBeLessThanOrEqual(messageCharactersMax);
        const characters = shown.reduce((sum, { message }) => sum + message.length, 0);
        expect(characters).toBeLessThanOrEqual(charactersMax);
        // Errors that fit are unchanged.
        if (errors.length === 1 && (errors[0]?.message.length ?? 0) <= messageCharactersMax)
          expect(shown).toEqual(errors);
      }),
      { numRuns: 50 },
    );
  });

  it('have truncated messages', () => {
    expect(limitErrors([new GraphQLError('x'.repeat(1_000))])[0]?.message).toHaveLength(messageCharactersMax);
  });

  it('report how many were omitted, and never omit a commit', () => {
    const errors = Array.from({ length: 40 }, (_, i) => new GraphQLError(`error ${i}`));
    const committed = new GraphQLError('The booking was confirmed.', { extensions: { committed: true } });
    const shown = limitErrors([...errors, committed]);
    expect(shown[0]).toBe(committed);
    expect(shown.at(-1)).toMatchObject({ message: '21 more errors were omitted.' });
  });

  it('that are too large together are omitted from the first that does not fit', () => {
    const large = () => new GraphQLError('x', { extensions: { note: 'x'.repeat(charactersMax / 2) } });
    expect(limitErrors([large(), large(), large()]).map(({ message }) => message)).toEqual([
      'x',
      '2 more errors were omitted.',
    ]);
  });
});

describe('memory that is kept for clients', () => {
  const document = parse('{ a }');
  const kept = (ownBytes: number, of: Kept['document'] = null): Kept => ({
    document: of,
    documentBytes: 1_000,
    ownBytes,
  });

  it('is zero when everything has ended, in any order', () => {
    const documents = [null, document, parse('{ b }')];
    const step = fc.record({
      address: fc.constantFrom('192.0.2.1', '192.0.2.2', '2001:db8::1'),
      bytes: fc.nat(2_000),
      document: fc.constantFrom(...documents),
      end: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const budget = new MemoryBudget({ addressBytesMax: 10_000, processBytesMax: 20_000 });
        const socket = new MemoryAccount(8_000);
        const running: (() => void)[] = [];
        for (const { address, bytes, document: of, end } of steps) {
          try {
            running.push(budget.reserve(address, kept(bytes, of), socket));
          } catch (error) {
            expect([429, 503]).toContain((error as RequestError).status);
          }
          expect(budget.bytes).toBeLessThanOrEqual(20_000);
          expect(socket.bytes).toBeLessThanOrEqual(8_000);
          if (end % 3 === 0) running.splice(end % (running.length || 1), 1)[0]?.();
        }
        // A second release has no effect.
        for (const end of [...running, ...running]) end();
        expect([budget.bytes, budget.addresses, socket.bytes]).toEqual([0, 0, 0]);
      }),
    );
  });

  it.each([
    ['the connection', 429, () => new MemoryAccount(100), 1e6, 1e6],
    ['the address', 429, () => null, 100, 1e6],
    ['the process', 503, () => null, 1e6, 100],
  ])('is refused beyond the limit of %s', (_whose, status, socket, addressBytesMax, processBytesMax) => {
    const budget = new MemoryBudget({ addressBytesMax, processBytesMax });
    const account = socket();
    const release = budget.reserve('192.0.2.1', kept(60), account);
    const more = () => budget.reserve('192.0.2.1', kept(60), account);
    expect(more).toThrow(expect.objectContaining({ status, code: 'RATE_LIMITED' }) as RequestError);
    release();
    more()();
  });

  it('counts a document once for all who share it', () => {
    const budget = new MemoryBudget({ addressBytesMax: 1e6, processBytesMax: 1e6 });
    const releases = Array.from({ length: 10 }, () => budget.reserve('192.0.2.1', kept(5, document)));
    expect(budget.bytes).toBe(1_050);
    for (const release of releases.slice(1)) release();
    expect(budget.bytes).toBe(1_005);
  });

  it('is estimated from the parsed value, not from the text', () => {
    // V8 needs about sixty bytes for each empty object.
    expect(estimateBytes(JSON.parse(`[${Array(5_300).fill('{}').join(',')}]`))).toBeGreaterThan(300_000);
    expect(estimateBytes({ e: 'RXZlbnQ6MQ==' })).toBeLessThan(200);
  });
});

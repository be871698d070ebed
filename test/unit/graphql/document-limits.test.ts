import fc from 'fast-check';
import { buildSchema, parse } from 'graphql';
import { expect, it } from 'vitest';
import {
  createDocumentCache,
  PreparedDocument,
} from '../../../src/graphql/engine/execution/prepared-document.ts';

const schema = buildSchema('type Query { a: Int }');
const prepare = (text: string) => new PreparedDocument(schema, parse(text));

it('keeps the most recently used documents within its limits, and counts their memory', () => {
  const texts = Array.from({ length: 12 }, (_, i) => `{ ${'a '.repeat(1 + i * 20)} }`);
  const step = fc.record({ kind: fc.constantFrom('set', 'get', 'delete'), text: fc.constantFrom(...texts) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const cache = createDocumentCache({ entriesMax: 5, bytesMax: 200_000 });
      const used: string[] = [];
      for (const { kind, text } of steps) {
        if (kind === 'set') cache.set(text, prepare(text));
        if (kind === 'delete') cache.delete(text);
        const known = cache.get(text) !== undefined;
        if (used.includes(text)) used.splice(used.indexOf(text), 1);
        if (known) used.push(text);
        const kept = used.filter((one) => one === text || cache.get(one) !== undefined);
        // The lookups have changed the order to that of `used`.
        used.splice(0, used.length, ...kept);
        const bytes = kept.reduce((sum, one) => sum + prepare(one).bytes, 0);
        expect([cache.size, kept.length <= 5, cache.size <= 200_000]).toEqual([bytes, true, true]);
      }
    }),
  );
});

it('evicts dense documents by their memory, not by their number', () => {
  const cache = createDocumentCache({ entriesMax: 1_000, bytesMax: 2_000_000 });
  for (let i = 0; i < 100; i++) {
    const text = `{a${i} ${'a(b:c)'.repeat(300)}}`;
    cache.set(text, prepare(text));
  }
  expect(cache.size).toBeLessThanOrEqual(2_000_000);
  expect(cache.get(`{a99 ${'a(b:c)'.repeat(300)}}`)).toBeDefined();
  expect(cache.get(`{a0 ${'a(b:c)'.repeat(300)}}`)).toBeUndefined();
});

import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import {
  buildClientSchema,
  isScalarType,
  isSpecifiedScalarType,
  isUnionType,
  printSchema,
  type GraphQLScalarType,
  type IntrospectionQuery,
} from 'graphql';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { schema } from '../../../src/graphql/schema/schema.ts';

interface Described {
  readonly name: string;
  readonly description?: string | null | undefined;
  /** A function if the type has fields, values or arguments. */
  readonly getFields?: () => Readonly<Record<string, Described & { readonly args?: readonly Described[] }>>;
  readonly getValues?: () => readonly Described[];
}

test('everything in the schema has a description of at most three sentences', () => {
  const missing: string[] = [];
  const tooLong: string[] = [];
  const check = (at: string, { description }: Described) => {
    if (description == null || description.trim() === '') missing.push(at);
    if ((description?.match(/[.!?](?=\s|$)/g) ?? []).length > 3) tooLong.push(at);
  };
  for (const type of Object.values(schema.getTypeMap()) as unknown as Described[]) {
    if (type.name.startsWith('__')) continue;
    check(type.name, type);
    for (const value of type.getValues?.() ?? []) check(`${type.name}.${value.name}`, value);
    for (const field of Object.values(type.getFields?.() ?? {})) {
      check(`${type.name}.${field.name}`, field);
      for (const argument of field.args ?? [])
        check(`${type.name}.${field.name}(${argument.name}:)`, argument);
    }
  }
  expect(missing).toEqual([]);
  expect(tooLong).toEqual([]);
});

test('members of a union need no aliases for fields with the same name', () => {
  const conflicts: string[] = [];
  for (const type of Object.values(schema.getTypeMap()).filter(isUnionType)) {
    const byName = Map.groupBy(
      type.getTypes().flatMap((member) =>
        Object.values(member.getFields()).map(({ name, type: fieldType, ...field }) => ({
          member: member.name,
          name,
          type: String(fieldType),
          isDeprecated: field.deprecationReason != null,
        })),
      ),
      ({ name }) => name,
    );
    for (const [name, fields] of byName) {
      const types = new Set(fields.filter(({ isDeprecated }) => !isDeprecated).map((field) => field.type));
      if (types.size > 1) conflicts.push(`${type.name}: ${name} is ${[...types].join(' and ')}`);
    }
  }
  // SeatsUnavailableError.seats came first; `unavailableSeats` needs no alias.
  expect(conflicts).toEqual(['BlockSeatsResult: seats is SeatConnection! and [Seat!]!']);
});

test('every scalar has a specification URL', () => {
  const own = Object.values(schema.getTypeMap()).filter(
    (type) => isScalarType(type) && !isSpecifiedScalarType(type),
  );
  expect(own.map((type) => [type.name, (type as GraphQLScalarType).specifiedByURL])).toEqual(
    own.map((type) => [type.name, expect.stringMatching(/^https:\/\//)]),
  );
});

test('schema.graphql, its introspection and the possible types are up to date', async () => {
  const script = path.join(import.meta.dirname, '..', '..', '..', 'scripts', 'schema.ts');
  // In a separate process, because the test runner loads a different copy of graphql than the schema uses.
  await expect(promisify(execFile)(process.execPath, [script, '--check'])).resolves.toMatchObject({
    stderr: '',
  });
});

test('the introspection file contains the whole schema', () => {
  const introspection = JSON.parse(read('schema.introspection.json')) as IntrospectionQuery;
  expect(read('schema.graphql')).toContain(printSchema(buildClientSchema(introspection)));
});

function read(file: string): string {
  return readFileSync(path.join(import.meta.dirname, '..', '..', '..', file), 'utf8');
}

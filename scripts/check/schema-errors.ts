import { CriticalityLevel, diff } from '@graphql-inspector/core';
import type { GraphQLSchema } from 'graphql';

/** Breaking changes that are intended, by their path in the schema, each with its reason. */
export type BreakingChangeNotes = Readonly<Record<string, string>>;

/** Returns the breaking changes since the last release that are not noted, and the notes that nothing needs. */
export async function findBreakingChanges(
  released: GraphQLSchema,
  current: GraphQLSchema,
  notes: BreakingChangeNotes,
): Promise<string[]> {
  const changes = await diff(released, current);
  const breaking = changes.filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking);
  const paths = breaking.map((change) => change.path ?? change.message);
  return [
    ...breaking
      .filter((change) => notes[change.path ?? change.message] === undefined) // guard: unnoted-breaking-change
      .map((change) => `${change.path ?? ''}: ${change.message}`),
    ...Object.keys(notes)
      .filter((noted) => !paths.includes(noted))
      .map((noted) => `${noted}: is noted as a breaking change, but did not change`),
  ];
}

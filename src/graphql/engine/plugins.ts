import type { Plugin } from 'graphql-yoga';
import { committedErrors } from './committed.ts';
import { documentLimits } from './document/document-limits.ts';
import { noIntrospection } from './document/no-introspection.ts';

interface PluginOptions {
  readonly introspection: boolean;
  readonly documentCharactersMax: number;
}

/** The plugins that every operation is executed with, whatever its transport. */
export function graphqlPlugins({ introspection, documentCharactersMax }: PluginOptions): Plugin[] {
  return [
    ...documentLimits(documentCharactersMax),
    ...(introspection ? [] : [noIntrospection]),
    committedErrors,
  ];
}

import type { Plugin } from 'graphql-yoga';
import { reportCommits } from './errors/response-errors.ts';
import { documentLimits } from './document/document-limits.ts';
import { noIntrospection } from './document/no-introspection.ts';

interface PluginOptions {
  readonly introspection: boolean;
  readonly documentCharactersMax: number;
}

/** Returns the plugins for all operations, which are the same on every transport. */
export function graphqlPlugins({ introspection, documentCharactersMax }: PluginOptions): Plugin[] {
  return [
    ...documentLimits(documentCharactersMax),
    ...(introspection ? [] : [noIntrospection]),
    reportCommits,
  ];
}

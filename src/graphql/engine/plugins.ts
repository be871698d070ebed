import type { Plugin } from 'graphql-yoga';
import { documentLimits } from './document/document-limits.ts';
import { noIntrospection } from './document/no-introspection.ts';

interface PluginOptions {
  readonly introspection: boolean;
  readonly documentCharactersMax: number;
}

/** Returns the plugins that parse and validate documents. They are the same on every transport. */
export function graphqlPlugins({ introspection, documentCharactersMax }: PluginOptions): Plugin[] {
  return [...documentLimits(documentCharactersMax), ...(introspection ? [] : [noIntrospection])];
}

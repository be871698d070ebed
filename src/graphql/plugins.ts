import type { Plugin } from 'graphql-yoga';
import { committedErrors } from './committed.ts';
import { documentLimits } from './limits/document-limits.ts';
import { noIntrospection } from './limits/no-introspection.ts';

/** The plugins that every operation is executed with, whatever its transport. */
export function graphqlPlugins({ introspection }: { readonly introspection: boolean }): Plugin[] {
  return [...documentLimits(), ...(introspection ? [] : [noIntrospection]), committedErrors];
}

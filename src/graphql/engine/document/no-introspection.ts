import { GraphQLError, type ASTVisitor, type ValidationContext } from 'graphql';
import type { Plugin } from 'graphql-yoga';

const introspectionFields = new Set(['__schema', '__type']);

/** Rejects documents that select `__schema` or `__type`. `__typename` is allowed: clients need it to distinguish results. */
export const noIntrospection: Plugin = {
  onValidate({ addValidationRule }) {
    addValidationRule(refuseIntrospection); // guard: introspection-switch
  },
};

/** Reports only these two fields. The rule of GraphQL also reports an error for every field below them. */
function refuseIntrospection(context: ValidationContext): ASTVisitor {
  return {
    Field(node) {
      if (!introspectionFields.has(node.name.value)) return;
      const message = `Introspection is disabled on this server; ${node.name.value} cannot be queried.`;
      context.reportError(new GraphQLError(message, { nodes: node }));
    },
  };
}

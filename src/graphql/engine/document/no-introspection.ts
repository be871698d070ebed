import { GraphQLError, type ASTVisitor, type ValidationContext } from 'graphql';
import type { Plugin } from 'graphql-yoga';

const introspectionFields = new Set(['__schema', '__type']);

/** Refuses documents that read `__schema` or `__type`. `__typename` stays: clients need it to tell results apart. */
export const noIntrospection: Plugin = {
  onValidate({ addValidationRule }) {
    addValidationRule(refuseIntrospection); // guard: introspection-switch
  },
};

/** Reports the two fields only. GraphQL's own rule also reports every field below them, one error each. */
function refuseIntrospection(context: ValidationContext): ASTVisitor {
  return {
    Field(node) {
      if (!introspectionFields.has(node.name.value)) return;
      const message = `Introspection is disabled on this server; ${node.name.value} cannot be queried.`;
      context.reportError(new GraphQLError(message, { nodes: node }));
    },
  };
}

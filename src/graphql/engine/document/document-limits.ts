import { parse, type validate } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { isGraphQLError } from '../errors/graphql-error.ts';
import { findCostError } from './cost.ts';
import { findSizeErrors } from './document-size.ts';
import { checkText } from './document-text.ts';
import { documentMax, errorLimits } from '../limits.ts';
import { tooComplex } from './too-complex.ts';

/**
 * Returns the plugins that reject documents that are too large. They limit length, lines, nesting and tokens when a document
 * is parsed, depth, aliases and fields before it is validated, and cost, including variables, before it is executed.
 */
export function documentLimits(charactersMax: number = documentMax.characters): Plugin[] {
  return [text(charactersMax), size, cost];
}

const text = (charactersMax: number): Plugin => ({
  onParse({ setParseFn }) {
    setParseFn((source, options) => {
      checkText(source as string, charactersMax);
      try {
        return parse(source as string, { ...(options as object), maxTokens: documentMax.tokens });
      } catch (error) {
        if (isGraphQLError(error) && error.message.includes('tokens. Parsing aborted.'))
          throw tooComplex(
            `The document has more than ${documentMax.tokens} tokens. Shorten it, or pass values as variables.`,
          );
        throw error;
      }
    });
  },
});

const size: Plugin = {
  onValidate({ validateFn, setValidationFn }) {
    const sizeFirst: typeof validate = (schema, document, rules) => {
      const errors = findSizeErrors(document);
      if (errors.length > 0) return errors;
      // guard: validation-errors-limit
      return (validateFn as typeof validate)(schema, document, rules, { maxErrors: errorLimits.reportedMax });
    };
    setValidationFn(sizeFirst);
  },
};

const cost: Plugin = {
  onExecute({ args, setResultAndStopExecution }) {
    const error = findCostError(args);
    if (error !== null) setResultAndStopExecution({ errors: [error] });
  },
  onSubscribe({ args, setResultAndStopExecution }) {
    const error = findCostError(args);
    if (error !== null) setResultAndStopExecution({ errors: [error] });
  },
};

import { parse, type validate } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { isGraphQLError } from '../../schema/errors.ts';
import { costError } from './cost.ts';
import { sizeErrors } from './document-size.ts';
import { checkText } from './document-text.ts';
import { documentMax, errorLimits } from '../limits.ts';
import { tooComplex } from './too-complex.ts';

/**
 * Refuses documents that ask for too much: by length, lines, nesting and tokens when they are parsed, by depth, aliases and
 * fields before they are validated, by cost (with the variables) before they are executed. The same on every transport.
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
      const errors = sizeErrors(document);
      if (errors.length > 0) return errors;
      // guard: validation-errors-limit
      return (validateFn as typeof validate)(schema, document, rules, { maxErrors: errorLimits.reportedMax });
    };
    setValidationFn(sizeFirst);
  },
};

const cost: Plugin = {
  onExecute({ args, setResultAndStopExecution }) {
    const error = costError(args);
    if (error !== null) setResultAndStopExecution({ errors: [error] });
  },
  onSubscribe({ args, setResultAndStopExecution }) {
    const error = costError(args);
    if (error !== null) setResultAndStopExecution({ errors: [error] });
  },
};

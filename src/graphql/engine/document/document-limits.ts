import { parse, type DocumentNode, type validate } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { isGraphQLError } from '../errors/graphql-error.ts';
import { documentMax, errorLimits, keptLimits } from '../limits.ts';
import { findSizeErrors } from './document-size.ts';
import { checkText } from './document-text.ts';
import { tooComplex } from './too-complex.ts';

/**
 * Returns the plugins that reject documents that are too large. They limit length, lines, nesting and tokens when a document
 * is parsed, and depth, aliases and fields before it is validated. The cost, which depends on variables, is limited before
 * each execution.
 */
export function documentLimits(charactersMax: number = documentMax.characters): Plugin[] {
  return [text(charactersMax), size];
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

/** Estimates the memory of a parsed document, including its text. */
export function estimateDocumentBytes(document: DocumentNode): number {
  const characters = document.loc?.source.body.length ?? 0;
  return countTokens(document) * keptLimits.bytesPerToken + 2 * characters;
}

/** Returns the number of tokens that the parser has counted. */
export function countTokens(document: DocumentNode): number {
  return 'tokenCount' in document
    ? Number(document.tokenCount)
    : Math.ceil((document.loc?.source.body.length ?? 0) / 2);
}

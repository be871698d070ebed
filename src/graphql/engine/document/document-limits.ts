import {
  parse,
  type validate,
  getOperationAST,
  Kind,
  type DocumentNode,
  type ExecutionArgs,
  type GraphQLError,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { complexityFromQuery } from '@pothos/plugin-complexity';
import { Cache } from '../../../platform/cache.ts';
import { isGraphQLError } from '../errors/graphql-error.ts';
import { documentCacheLimits, documentMax, errorLimits, keptLimits } from '../limits.ts';
import { findSizeErrors } from './document-size.ts';
import { checkText } from './document-text.ts';
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

/** Returns an error if an operation with these variables exceeds the maximum cost, else null. */
function findCostError(args: ExecutionArgs): GraphQLError | null {
  const operation = getOperationAST(args.document, args.operationName);
  if (operation == null) return null; // The executor reports it.
  const fragments = args.document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation, ...fragments] };
  let cost: number;
  try {
    cost = complexityFromQuery(document, {
      schema: args.schema,
      ctx: args.contextValue ?? {},
      variables: args.variableValues ?? {},
    }).complexity;
  } catch {
    return null; // A variable is not valid. The executor reports which, before it executes anything.
  }
  if (cost <= documentMax.cost) return null;
  return tooComplex(
    `The operation has a cost of ${cost}; at most ${documentMax.cost} is allowed. Request smaller pages or fewer fields.`,
    operation,
  );
}

export type DocumentCache = Cache<string, DocumentNode>;

/**
 * Creates a cache of parsed documents by text. It is bounded by estimated memory, because a short text with many tokens
 * takes hundreds of times its length.
 */
export function createDocumentCache({
  entriesMax,
  bytesMax,
}: Record<'entriesMax' | 'bytesMax', number> = documentCacheLimits): DocumentCache {
  // guard: document-cache-bytes
  return new Cache({ entriesMax, sizeMax: bytesMax, getSize: estimateDocumentBytes });
}

/** Estimates the memory of a parsed document, including its text. */
export function estimateDocumentBytes(document: DocumentNode): number {
  const characters = document.loc?.source.body.length ?? 0;
  const tokens = 'tokenCount' in document ? Number(document.tokenCount) : characters / 2;
  return Math.ceil(tokens * keptLimits.bytesPerToken) + 2 * characters;
}

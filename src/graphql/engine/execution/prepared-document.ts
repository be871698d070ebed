import {
  getOperationAST,
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { Cache } from '../../../platform/cache.ts';
import { countTokens, estimateDocumentBytes } from '../document/document-limits.ts';
import { documentCacheLimits, keptLimits } from '../limits.ts';
import { planVariables, type CoercedVariables } from './coerce-variables.ts';
import { findConditions, type Fragments } from './collect-fields.ts';
import type { Variables } from './field-arguments.ts';
import { findCostError, planCost } from './operation-cost.ts';
import { OperationPlan, type PlanBudget } from './operation-plan.ts';

/** Maximum number of root fields that logs name. */
const NAMED_FIELDS_MAX = 3;

/** An operation of a valid document, with everything that does not depend on a request. */
export interface PreparedOperation {
  readonly document: DocumentNode;
  /** The memory of the document. */
  readonly documentBytes: number;
  readonly operation: OperationDefinitionNode;
  /** The type and the first root fields, such as `mutation holdSeats`, for logs and traces. */
  readonly label: string;
  readonly plan: OperationPlan;
  coerceVariables(given: Variables): CoercedVariables;
  /** Returns the cost with these variables; null if an argument is not valid. */
  getCost(variables: Variables): number | null;
  /** Returns an error if the operation with these variables exceeds the maximum cost, else null. */
  findCostError(variables: Variables): GraphQLError | null;
}

/** A valid document, with those of its operations that have been requested. */
export class PreparedDocument {
  readonly #schema: GraphQLSchema;
  readonly #document: DocumentNode;
  readonly #fragments: Fragments;
  readonly #conditions: readonly string[];
  readonly #budget: PlanBudget;
  /** By name, and by null if the document has only one. */
  readonly #operations = new Map<string | null, PreparedOperation>();

  constructor(schema: GraphQLSchema, document: DocumentNode) {
    this.#schema = schema;
    this.#document = document;
    this.#fragments = findFragments(document);
    this.#conditions = findConditions(document);
    this.#budget = { fieldsLeft: countTokens(document) };
  }

  /** The estimated memory of the document, and of all fields that plans may keep. */
  get bytes(): number {
    const document = this.#document;
    return estimateDocumentBytes(document) + countTokens(document) * keptLimits.bytesPerPlannedField;
  }

  /** Returns null if the document has no such operation, or has several and there is no name. */
  getOperation(name: string | null): PreparedOperation | null {
    const known = this.#operations.get(name);
    if (known !== undefined) return known;
    const operation = getOperationAST(this.#document, name);
    if (operation == null) return null;
    const prepared = this.#prepare(operation);
    this.#operations.set(name, prepared);
    return prepared;
  }

  #prepare(operation: OperationDefinitionNode): PreparedOperation {
    const schema = this.#schema;
    const fragments = this.#fragments;
    const conditions = this.#conditions;
    const budget = this.#budget;
    const getCost = planCost(schema, fragments, operation);
    return {
      document: this.#document,
      documentBytes: estimateDocumentBytes(this.#document),
      operation,
      label: describeOperation(operation),
      plan: new OperationPlan({ schema, fragments, operation, conditions, budget }),
      coerceVariables: planVariables(schema, operation),
      getCost,
      findCostError: (variables) => findCostError(operation, getCost(variables)),
    };
  }
}

function findFragments({ definitions }: DocumentNode): Fragments {
  const fragments = Object.create(null) as Record<string, FragmentDefinitionNode>;
  for (const definition of definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  return fragments;
}

/** Returns the type and the first root fields. They are names of the schema: a valid document has no others. */
function describeOperation({ operation, selectionSet }: OperationDefinitionNode): string {
  const names = selectionSet.selections.map((selection) =>
    selection.kind === Kind.FIELD ? selection.name.value : '…',
  );
  const distinct = [...new Set(names)];
  const shown = distinct.slice(0, NAMED_FIELDS_MAX).join(', ');
  return `${operation} ${shown}${distinct.length > NAMED_FIELDS_MAX ? ', …' : ''}`;
}

export type DocumentCache = Cache<string, PreparedDocument>;

/**
 * Creates a cache of valid documents by text. It is bounded by estimated memory, because a short text with many tokens takes
 * hundreds of times its length.
 */
export function createDocumentCache({
  entriesMax,
  bytesMax,
}: Record<'entriesMax' | 'bytesMax', number> = documentCacheLimits): DocumentCache {
  // guard: document-cache-bytes
  return new Cache({ entriesMax, sizeMax: bytesMax, getSize: ({ bytes }) => bytes });
}

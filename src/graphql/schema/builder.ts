import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import DataloaderPlugin from '@pothos/plugin-dataloader';
import ErrorsPlugin from '@pothos/plugin-errors';
import PrismaPlugin from '@pothos/plugin-prisma';
import RelayPlugin from '@pothos/plugin-relay';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import type PrismaTypes from '../../generated/pothos.ts';
import { readDatamodel } from '../../platform/database/datamodel.ts';
import { encodeId, parseId } from '../../platform/ids.ts';
import type { AuthenticatedContext, GraphQLContext } from '../context.ts';
import { forbidden, unauthenticated } from '../engine/errors/graphql-error.ts';
import { rateLimits } from '../engine/rate-limits.ts';
import { refuseMutations } from '../engine/refuse-mutations.ts';
import { retrySubscriptions } from '../engine/retry-subscriptions.ts';
import { relayDescriptions } from './relay-descriptions.ts';
import type { HoldRequestState } from '../../booking/requests/read-requests.ts';
import type { SeatRow } from '../reads/seats.sql.ts';
import type { MoneyShape } from '../reads/money.ts';

interface SchemaTypes {
  Context: GraphQLContext;
  PrismaTypes: PrismaTypes;
  AuthScopes: { readonly viewer: boolean; readonly organizer: boolean };
  /** The context that `withAuth` gives to a resolver. */
  AuthContexts: { readonly viewer: AuthenticatedContext; readonly organizer: AuthenticatedContext };
  DefaultFieldNullability: false;
  DefaultEdgesNullability: { readonly list: false; readonly items: false };
  DefaultNodeNullability: false;
  /** Types that other files refer to by name, so that imports form no cycles. */
  Objects: { readonly Seat: SeatRow; readonly Money: MoneyShape; readonly HoldRequest: HoldRequestState };
  Scalars: {
    ID: { Input: string; Output: string | number };
    DateTime: { Input: Date; Output: Date };
    SafeInt: { Input: number; Output: number | bigint };
    SeatStates: { Input: never; Output: string };
  };
}

export const builder = new SchemaBuilder<SchemaTypes>({
  plugins: [
    ErrorsPlugin,
    rateLimits,
    ScopeAuthPlugin,
    refuseMutations,
    retrySubscriptions,
    ComplexityPlugin,
    RelayPlugin,
    PrismaPlugin,
    DataloaderPlugin,
  ],
  defaultFieldNullability: false,
  prisma: {
    client: (context) => context.database.reads,
    dmmf: readDatamodel(),
    // Comments in the datamodel describe tables. The schema has its own descriptions.
    exposeDescriptions: false,
  },
  relay: {
    ...relayDescriptions,
    clientMutationId: 'omit',
    cursorType: 'String',
    encodeGlobalID: (type, key) => encodeId(type, String(key)),
    decodeGlobalID: (id) => {
      const parsed = parseId(id);
      return { typename: parsed?.type ?? '', id: parsed?.key ?? '' };
    },
    // queries/node.ts and queries/nodes.ts return null for invalid IDs and check visibility.
    nodeQueryOptions: false,
    nodesQueryOptions: false,
  },
  scopeAuth: {
    authScopes: ({ viewer }) => ({ viewer: viewer !== null, organizer: viewer?.role === 'ORGANIZER' }),
    unauthorizedError: (_parent, { viewer }) => (viewer === null ? unauthenticated() : forbidden()),
    // Checks once, before the first message.
    authorizeOnSubscribe: true,
  },
  complexity: { defaultComplexity: 1, defaultListMultiplier: 10 },
});

builder.queryType({ description: 'Operations that read data.' });
builder.mutationType({
  description:
    'Operations that change data. If a field fails, it is null and `errors` says why; the other fields of the document still return their results. If `extensions.committed` of the error is true, the change was made and only its details could not be read.',
});
builder.subscriptionType({ description: 'Live updates over WebSocket or server-sent events (SSE).' });

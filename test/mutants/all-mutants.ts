import type { Mutant, MutantGroup } from './mutant.ts';
import { audit } from './suites/audit.ts';
import { booking } from './suites/booking.ts';
import { capacity } from './suites/on-sale/capacity.ts';
import { catalog } from './suites/catalog.ts';
import { connections } from './suites/connections.ts';
import { database } from './suites/tables/database.ts';
import { graphqlEngine } from './suites/graphql-engine.ts';
import { graphqlSchema } from './suites/graphql-schema.ts';
import { http } from './suites/http.ts';
import { identity } from './suites/identity.ts';
import { layouts } from './suites/layouts.ts';
import { liveFeed } from './suites/live-feed.ts';
import { messaging } from './suites/messaging.ts';
import { operating } from './suites/operating.ts';
import { partitions } from './suites/tables/partitions.ts';
import { redisCluster } from './suites/redis/redis-cluster.ts';
import { sentinels } from './suites/redis/sentinels.ts';
import { readOnly } from './suites/operating/read-only.ts';
import { seatFeed } from './suites/seat-feed.ts';
import { seatMap } from './suites/seat-map.ts';
import { probing } from './suites/on-sale/probing.ts';
import { waitingRoom } from './suites/on-sale/waiting-room.ts';

export type TestedMutant = Mutant & Pick<MutantGroup, 'tests'>;

/** All mutants, those with fast tests first. */
export const allMutants: readonly TestedMutant[] = [
  ...capacity,
  ...connections,
  ...graphqlEngine,
  ...http,
  ...identity,
  ...waitingRoom,
  ...readOnly,
  ...probing,
  ...operating,
  ...messaging,
  ...partitions,
  ...redisCluster,
  ...sentinels,
  ...seatFeed,
  ...graphqlSchema,
  ...liveFeed,
  ...seatMap,
  ...audit,
  ...database,
  ...layouts,
  ...booking,
  ...catalog,
].flatMap(({ tests, mutants }) => mutants.map((mutant) => ({ ...mutant, tests })));

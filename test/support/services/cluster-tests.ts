/** Tests that also run on a Redis Cluster, with TEST_REDIS=cluster. The others need one server, or no Redis. */
export const clusterTests = [
  'test/db/traffic',
  'test/db/waiting-room',
  'test/db/booking/request-queue.test.ts',
  'test/db/audit/audit-{cached-maps,live-maps,watermarks}.test.ts',
  'test/db/messaging/{closing-publisher,foreign-messages,republish,watermark-order}.test.ts',
  'test/db/redis/cluster.test.ts',
  'test/db/seating/{live-feed,seat-map-cache,seat-maps}.test.ts',
  'test/faults/killed-redis.test.ts',
  'test/api/requests',
  'test/api/waiting-room',
  'test/api/limits/rate-limits.test.ts',
].map((name) => (name.endsWith('.ts') ? name : `${name}/**/*.test.ts`));

import type { Guard } from './guard.ts';

const feed = { file: 'src/seating/live/live-feed.ts', tests: ['test/unit/live-feed/live-feed-history'] };
const maps = { file: 'src/seating/map/seat-maps.ts', tests: ['test/db/booking/lost-commits'] };
const audit = { file: 'src/booking/audit/maps/live-maps.ts', tests: ['test/db/audit/audit-live-maps'] };
const times = { file: 'src/booking/audit/times.sql.ts', tests: ['test/db/audit/audit-planted'] };
const versions = {
  file: 'src/booking/audit/history/history-versions.sql.ts',
  tests: ['test/db/audit/audit-planted'],
};
const api = { file: 'src/http/routes/seat-map.ts', tests: ['test/api/failures/lost-commits'] };

/** What notices that the database has lost commits and goes on under numbers that were used before. */
export const historyGuards: readonly Guard[] = [
  {
    name: 'a poll compares the batch of the version that a feed holds',
    ...feed,
    find: 'else this.#checkHistory(found);',
    replace: '',
    only: 'same version',
  },
  {
    name: 'a message compares the batch of the version that a feed holds',
    ...feed,
    find: 'if (message.version <= this.#version) return this.#checkHistory(message);',
    replace: 'if (message.version <= this.#version) return;',
  },
  {
    name: 'a change is applied to the batch that it continues only',
    ...feed,
    find: 'if (message.previousBatchId !== this.#batchId) {',
    replace: 'if (message.fromVersion !== this.#version) {',
  },
  {
    name: 'a change of another history is noticed at once',
    ...feed,
    find: 'if (message.fromVersion === this.#version) this.#reread();\n      else this.#gap.start();',
    replace: 'this.#gap.start();',
  },
  {
    name: 'a gap is closed with the record of the same history only',
    ...feed,
    find: 'if (lost) return this.#reload(true);',
    replace: '',
  },
  {
    name: 'a map that is known already is not sent again',
    ...feed,
    find: 'evenIfOlder ? map.batchId === this.#batchId : map.version <= this.#version',
    replace: '!evenIfOlder && map.version <= this.#version',
  },
  {
    name: 'nobody resumes from a version that was lost',
    ...feed,
    file: 'src/seating/live/seat-updates.ts',
    find: 'if (afterVersion <= ambiguousUpTo) return null;',
    replace: '',
  },
  {
    name: 'nobody resumes together with others from a version that was lost',
    file: 'src/fanout/seat-channel.ts',
    find: 'if (after <= this.#feed.ambiguousUpTo) return null;',
    replace: '',
    tests: ['test/unit/fanout/shared-channel'],
  },
  {
    name: 'a cached map of the same version is of the same batch',
    ...maps,
    find: "return map.batchId === known.batchId ? 'same' : 'conflict';",
    replace: "return 'same';",
  },
  {
    name: 'a cached map that is further is on record',
    ...maps,
    find: "(fit === 'newer' && (await this.#isRecorded(eventId, cached)))",
    replace: "fit === 'newer'",
  },
  {
    name: 'a cached map of a lost history is discarded',
    ...maps,
    find: "if (fit !== 'older') void this.#ctx.cache.discard(eventId, cached);",
    replace: '',
  },
  {
    name: 'a cached map is changed from its own batch only',
    ...maps,
    file: 'src/seating/map/changeSeatMap-1.lua',
    find: 'count > 0 and string.sub(head, 17, 32) == ARGV[1]',
    replace: 'count > 0 and stored == tonumber(ARGV[2]) - 1',
  },
  {
    name: 'a live map of another history is not cached',
    ...maps,
    file: 'src/seating/map/caching-pubsub.ts',
    find: 'if (map.version === message.version && map.batchId !== message.batchId) return;',
    replace: '',
  },
  {
    name: 'a body of the same version is of the same batch',
    ...api,
    find: 'return kept.batchId === wanted.batchId;',
    replace: 'return true;',
  },
  {
    name: 'a body that is further than the database is not served',
    ...api,
    find: '&& kept.readAt >= askedAt;',
    replace: ';',
  },
  {
    name: 'a map has another tag with each batch',
    ...api,
    find: '${batchId.slice(0, BATCH_ID_IN_TAG)}',
    replace: '',
  },
  {
    name: 'a live map that was wrong for a moment is no breach',
    ...audit,
    find: 'reported.reportNumber > earlier ? breachOf(reported, fault) : []',
    replace: 'breachOf(reported, fault)',
    only: 'has ended',
  },
  {
    name: 'the audit compares the batch of a live map',
    ...audit,
    find: 'if (batchId !== truth.batchId)',
    replace: "if (batchId === '')",
    only: 'the same version',
  },
  {
    name: 'the audit looks an older live map up in the record',
    ...audit,
    find: 'records.own?.batchId !== batchId',
    replace: "batchId === ''",
    only: 'a later version',
  },
  {
    name: 'the audit compares the seats of a live map',
    ...audit,
    find: 'return digest === truth.digest ? null :',
    replace: "return digest !== '' ? null :",
    only: 'other seats',
  },
  {
    name: 'the audit finds a live map that stands still',
    ...audit,
    find: 'if (quietMs < BEHIND_MS) return null;',
    replace: 'return null;',
    only: 'behind for long',
  },
  {
    name: 'a watermark ahead of the database is lowered',
    file: 'src/workers/republish.ts',
    find: 'await ctx.watermarks.lower(eventId, watermark, version);',
    replace: '',
    tests: ['test/db/republish.test'],
    only: 'is lowered',
  },
  {
    name: 'a watermark is compared with a version that is read after it',
    file: 'src/workers/republish.ts',
    find: 'const version = versions.get(eventId)?.version ?? watermark;',
    replace: 'const version = versions.size > 0 ? watermark - 1 : 0;',
    tests: ['test/db/republish.test'],
    only: 'is not lowered',
  },
  {
    name: 'the audit finds a hold that expired early',
    ...times,
    find: "WHERE status = 'EXPIRED' AND ended_at",
    replace: "WHERE false AND status = 'EXPIRED' AND ended_at",
    only: 'expired before its deadline',
  },
  {
    name: 'the audit finds a hold that was released late',
    ...times,
    find: "WHERE status = 'RELEASED' AND ended_at",
    replace: "WHERE false AND status = 'RELEASED' AND ended_at",
    only: 'released at its deadline',
  },
  {
    name: 'the audit finds a hold that was confirmed late',
    ...times,
    find: 'WHERE confirmed_at >= hold_expires_at',
    replace: 'WHERE false AND confirmed_at >= hold_expires_at',
    only: 'confirmed at its deadline',
  },
  {
    name: 'the audit finds a commit in the future',
    ...times,
    find: 'WHERE committed_at >',
    replace: 'WHERE false AND committed_at >',
    only: 'committed in the future',
  },
  {
    name: 'the audit finds a batch that continues another',
    ...versions,
    find: 'WHERE version = prev + 1 AND',
    replace: 'WHERE false AND version = prev + 1 AND',
    only: 'continues another batch',
  },
  {
    name: 'the audit finds the batch of an event',
    ...versions,
    find: 'WHERE c.batch_id <>',
    replace: 'WHERE false AND c.batch_id <>',
    only: 'has another batch',
  },
  {
    name: 'the audit finds a batch that is recorded twice',
    ...versions,
    find: 'GROUP BY batch_id HAVING count(*) > 1',
    replace: 'GROUP BY batch_id HAVING count(*) > 2',
    only: 'recorded twice',
  },
  {
    name: 'the audit finds a wrong price',
    file: 'src/booking/audit/seats-and-bookings.sql.ts',
    find: 'WHERE b.total_amount <> c.amount',
    replace: 'WHERE b.total_amount <> c.amount AND false',
    tests: ['test/db/audit/audit-planted'],
    only: 'costs something else',
  },
];

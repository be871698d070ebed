import type { Guard } from './guard.ts';

const maps = { file: 'src/seating/map/seat-maps.ts', tests: ['test/unit/seating/seat-maps'] };
const cache = { file: 'src/seating/map/changeSeatMap-1.lua', tests: ['test/db/seating/seat-map-cache'] };
const updates = { file: 'src/seating/live/seat-updates.ts', tests: ['test/unit/seating/seat-updates'] };
const record = { file: 'src/seating/map/seat-map.sql.ts', tests: ['test/db/seating/long-resumes'] };
const versions = { file: 'src/seating/map/public-versions.ts', tests: ['test/unit/seating/public-versions'] };
const layouts = {
  file: 'src/seating/layout/encoded-layouts.ts',
  tests: ['test/unit/seating/encoded-layouts'],
};
const route = { file: 'src/http/routes/seat-map.ts', tests: ['test/api/routes/seat-map-route'], only: '304' };

/** Of what is read: how old it may be, how much of it, and how many may ask the database for it at once. */
export const seatReadGuards: readonly Guard[] = [
  {
    name: 'a resume is whole or a snapshot',
    ...updates,
    find: 'if (changes === null || changes.versions !== behind) return null;',
    replace: 'if (changes === null) return null;',
  },
  {
    name: 'a resume has a limit',
    ...updates,
    find: 'behind > RESUME_MAX ||',
    replace: '',
  },
  {
    name: 'a resume has a limit of steps',
    ...record,
    find: 'FROM size WHERE size.steps <= ${max.steps}::int',
    replace: 'FROM size WHERE ${max.steps}::int > 0',
  },
  {
    name: 'a resume has a limit of seats',
    ...record,
    find: 'return seats.length > max.seats ? null :',
    replace: 'return seats.length < 0 ? null :',
  },
  {
    name: 'changes are listed as long as they are few steps',
    ...record,
    find: 'WHERE (SELECT sum(cardinality(step_seats)) FROM change) <= ${stepsMax}::int OR ${stepsMax}::int IS NULL',
    replace: 'WHERE ${stepsMax}::int IS NULL OR TRUE',
  },
  {
    name: 'a map from the cache is as new as asked for',
    ...maps,
    find: "if (fit === 'same' ||",
    replace: "if (fit !== 'conflict' ||",
  },
  {
    name: 'a map from memory is as new as asked for',
    ...maps,
    find: "(fit === 'same' || fit === 'newer')",
    replace: "fit !== 'conflict'",
  },
  {
    name: 'a read that is joined is as new as asked for',
    ...maps,
    find: 'await this.#fromDatabase(tooOld, found);',
    replace: '',
  },
  {
    name: 'one read of a map at a time',
    ...maps,
    find: '.filter((eventId) => !this.#reading.has(eventId))',
    replace: '',
  },
  {
    name: 'a cached map is stored over none that is newer',
    ...cache,
    file: 'src/seating/map/storeSeatMap-1.lua',
    find: 'if stored > version or',
    replace: 'if',
    only: 'never goes backwards',
  },
  {
    name: 'a cached map is changed from its own version only',
    ...cache,
    find: 'count > 0 and string.sub(head, 17, 32) == ARGV[1]',
    replace: 'count > 0',
    only: 'after a change that',
  },
  {
    name: 'a cached map is left alone by what is older',
    ...cache,
    find: 'if stored >= version then',
    replace: 'if false then',
    only: 'that is older',
  },
  {
    name: 'a cached map has no seat that there is not',
    ...cache,
    find: "continues = continues and math.floor(struct.unpack('>I4', changes, at) / 4) < count",
    replace: '',
    only: 'after a change that',
  },
  {
    name: 'no older map is cached where a change was missed',
    ...cache,
    find: "struct.pack('>I4I8', 0, version - 1)",
    replace: "struct.pack('>I4I8', 0, 0)",
    only: 'after a change that',
  },
  {
    name: 'the mark of a version is not changed as if it were a map',
    ...cache,
    find: 'count > 0 and string',
    replace: 'string',
    only: 'from the mark',
  },
  {
    name: 'the mark of a version is not read as a map',
    ...cache,
    file: 'src/seating/map/seat-map-cache.ts',
    find: 'seatCount === 0 ||',
    replace: '',
    only: 'from the mark',
  },
  {
    name: 'a cached map that missed a change is replaced',
    file: 'src/seating/map/caching-pubsub.ts',
    find: 'await cache.store(message.eventId, feed.seatCount, map);',
    replace: '',
    tests: ['test/api/routes/seat-map-route'],
    only: 'is given the whole map',
  },
  {
    name: 'what is public is asked once at a time',
    ...versions,
    find: 'this.#asking.get(eventId) ?? this.#ask(eventId)',
    replace: 'this.#ask(eventId)',
  },
  {
    name: 'what is public is asked no more than once a second, also where that fails',
    ...versions,
    find: 'until: performance.now() + BELIEVED_MS',
    replace: 'until: 0',
  },
  {
    name: 'what was public is believed for a time',
    ...versions,
    find: '&& performance.now() < known.askedAt + UNCONFIRMED_MS',
    replace: '',
  },
  {
    name: 'an answer that is late is not waited for',
    ...versions,
    find: 'Promise.race([answer, late.then(() => known)])',
    replace: 'answer',
  },
  {
    name: 'a draft is followed by nobody but its organizer',
    file: 'src/graphql/reads/visibility.ts',
    find: 'return seats !== null || isEventVisible(ctx, eventId);',
    replace: 'return seats !== undefined || isEventVisible(ctx, eventId);',
    tests: ['test/api/fanout/subscriptions'],
    only: 'draft',
  },
  {
    name: 'a crowd that comes back does not ask one by one',
    file: 'src/graphql/reads/visibility.ts',
    find: 'return seats !== null || isEventVisible(ctx, eventId);',
    replace: 'return seats !== undefined && isEventVisible(ctx, eventId);',
    tests: ['test/api/fanout/subscriptions'],
    only: 'crowd',
  },
  {
    name: 'a layout is made once at a time',
    ...layouts,
    find: 'this.#making.get(path) ?? this.#make(path, make)',
    replace: 'this.#make(path, make)',
  },
  {
    name: 'layouts are kept while there is room',
    ...layouts,
    find: 'if (this.#bytes <= this.#bytesMax || oldest === path) break;',
    replace: 'if (oldest !== undefined) break;',
  },
  {
    name: 'the layouts that wait to be made are bounded',
    ...layouts,
    file: 'src/platform/threads.ts',
    find: 'if (unfinished > waitingMax)',
    replace: 'if (unfinished < 0)',
  },
  {
    name: 'who finds too much to do is told so',
    file: 'src/http/request-listener.ts',
    find: 'if (error instanceof BusyError && !res.headersSent)',
    replace: 'if (error instanceof BusyError && res.headersSent)',
    tests: ['test/api/failures/database-stalls'],
    only: '503',
  },
  {
    name: 'a map that the client has is not sent again',
    ...route,
    file: 'src/http/responses.ts',
    find: 'if (tagsOf(',
    replace: "if (res.hasHeader('x-never') && tagsOf(",
  },
  {
    name: 'a map has another tag with each version',
    ...route,
    find: 'etag: `${version}-',
    replace: 'etag: `0-',
  },
  {
    name: 'a map has another tag with each layout',
    ...route,
    find: '${info.layoutHash.slice(0, HASH_IN_TAG)}',
    replace: 'layout',
  },
];

import type { MutantGroup } from '../mutant.ts';

export const seatMap: readonly MutantGroup[] = [
  {
    tests: ['test/db/booking/lost-commits.test.ts'],
    mutants: [
      { guard: 'cached-map-batch', mutation: 'always' },
      {
        guard: 'newer-cached-map-on-record',
        mutation: {
          replace: "(fit === 'newer' && (await this.#isRecorded(eventId, cached)))",
          with: "fit === 'newer'",
        },
      },
      { guard: 'lost-history-map-discarded', mutation: 'remove' },
      {
        guard: 'cached-map-continues',
        mutation: { replace: 'string.sub(head, 17, 32) == ARGV[1]', with: 'stored == tonumber(ARGV[2]) - 1' },
      },
      { guard: 'foreign-history-not-cached', mutation: 'remove' },
    ],
  },
  {
    tests: ['test/api/failures/lost-commits.test.ts'],
    mutants: [
      {
        guard: 'seat-map-body-batch',
        mutation: { replace: 'cached.batchId === wanted.batchId', with: 'true' },
      },
      { guard: 'seat-map-body-not-ahead', mutation: 'left only' },
      {
        guard: 'seat-map-tag-batch',
        mutation: { replace: '${batchId.slice(0, BATCH_ID_CHARACTERS)}', with: '' },
      },
    ],
  },
  {
    tests: ['test/db/seating/long-resumes.test.ts'],
    mutants: [
      {
        guard: 'resume-steps-limit',
        mutation: { replace: 'size.steps <= ${max.steps}::int', with: '${max.steps}::int > 0' },
      },
      { guard: 'resume-seats-limit', mutation: 'never' },
      {
        guard: 'listed-steps-limit',
        mutation: {
          replace:
            '(SELECT sum(cardinality(step_seats)) FROM change) <= ${stepsMax}::int OR ${stepsMax}::int IS NULL',
          with: '${stepsMax}::int IS NULL OR TRUE',
        },
      },
    ],
  },
  {
    tests: ['test/unit/seating/seat-maps.test.ts'],
    mutants: [
      { guard: 'cached-map-fresh', mutation: { replace: "=== 'same", with: "!== 'conflict" } },
      {
        guard: 'kept-map-fresh',
        mutation: { replace: "(fit === 'same' || fit === 'newer')", with: "fit !== 'conflict'" },
      },
      { guard: 'joined-read-fresh', mutation: 'remove' },
      {
        guard: 'one-map-read-at-a-time',
        mutation: { replace: '.filter((eventId) => !this.#reading.has(eventId))', with: '' },
      },
    ],
  },
  {
    tests: ['test/db/seating/seat-map-cache.test.ts'],
    mutants: [
      {
        guard: 'newer-cached-map-kept',
        mutation: { replace: 'stored > version or', with: '' },
        only: 'never goes backwards',
      },
      {
        guard: 'cached-map-continues',
        mutation: { replace: 'and string.sub(head, 17, 32) == ARGV[1]', with: '' },
        only: 'after a change that',
      },
      {
        guard: 'older-change-ignored',
        mutation: { replace: 'stored >= version', with: 'false' },
        only: 'that is older',
      },
      {
        guard: 'cached-map-seat-range',
        mutation: {
          replace: "continues = continues and math.floor(struct.unpack('>I4', changes, at) / 4) < count",
          with: '',
        },
        only: 'after a change that',
      },
      {
        guard: 'missed-change-marked',
        mutation: { replace: 'version - 1', with: '0' },
        only: 'after a change that',
      },
      {
        guard: 'cached-map-continues',
        mutation: { replace: 'count > 0 and', with: '' },
        only: 'from the mark',
      },
      {
        guard: 'version-mark-not-a-map',
        mutation: 'right only',
        only: 'from the mark',
      },
    ],
  },
  {
    tests: ['test/api/routes/seat-map-route.test.ts'],
    mutants: [
      { guard: 'outdated-cached-map-replaced', mutation: 'remove', only: 'is given the whole map' },
      { guard: 'seat-map-tag-version', mutation: { replace: '${version}', with: '0' }, only: '304' },
      {
        guard: 'seat-map-tag-layout',
        mutation: { replace: '${info.layoutHash.slice(0, HASH_CHARACTERS)}', with: 'layout' },
        only: '304',
      },
    ],
  },
  {
    tests: ['test/api/failures/waiting-subscriptions.test.ts'],
    mutants: [
      {
        guard: 'subscription-waits-for-primary',
        mutation: 'always',
        only: 'opens the map',
      },
      { guard: 'only-outages-waited-for', mutation: 'remove', only: 'another reason' },
      { guard: 'waiting-reads-limit', mutation: 'never', only: 'only so many' },
      { guard: 'waits-end-with-server', mutation: 'remove', only: 'when the server stops' },
    ],
  },
  {
    tests: ['test/unit/seating/public-versions.test.ts'],
    mutants: [
      {
        guard: 'one-public-read-at-a-time',
        mutation: 'right only',
      },
      { guard: 'public-read-rate', mutation: { replace: 'performance.now() + TTL_MS', with: '0' } },
      {
        guard: 'public-version-ttl',
        mutation: 'left only',
      },
      { guard: 'known-public-event', mutation: 'remove' },
      {
        guard: 'late-public-read-not-awaited',
        mutation: { replace: 'Promise.race([result, late.then(() => known)])', with: 'result' },
      },
    ],
  },
];

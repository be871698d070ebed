import type { rateLimitEnvironment } from './rate-limits.ts';
import type { Setting } from './setting.ts';

/** Documentation of the settings of rate limits, of the rules against probing, and of challenges, in display order. */
export const rateLimitSettings: Readonly<Record<keyof typeof rateLimitEnvironment, Setting>> = {
  RATE_LIMITS: {
    group: 'Rate limits',
    meaning:
      'With `off`, no rate limit applies: for load tests only. `docs/rate-limits.md` describes the limits.',
  },
  ANTI_PROBING: {
    group: 'Rate limits',
    meaning:
      'With `off`, or with `RATE_LIMITS=off`, no client is slowed or refused for the way it holds seats. `docs/anti-probing.md` describes the rules.',
  },
  CHALLENGE: {
    group: 'Rate limits',
    meaning:
      'With `proof-of-work`, a slowed client can solve a challenge instead of waiting. `RATE_LIMITS=off` also turns challenges off. [Challenges](anti-probing.md#challenges) have limits that you should know.',
  },
  CHALLENGE_DIFFICULTY_BITS: {
    group: 'Rate limits',
    meaning: 'Leading zero bits that the hash of a solution needs. Each further bit doubles the work.',
  },
  CHALLENGE_TO_JOIN: {
    group: 'Rate limits',
    meaning:
      'With `on`, and unless `CHALLENGE` is `off`, joining a waiting room requires a solution. Switch it on only if all your clients can solve challenges.',
  },
  RATE_LIMIT_GUESTS: {
    group: 'Rate limits',
    default: '`60,600`',
    example: '60,600',
    meaning:
      'Calls of `startGuestSession` per 5 minutes from one address and from one network. A school class of 30 behind one address needs 30, and some of them reload the page.',
  },
  RATE_LIMIT_HOLDS: {
    group: 'Rate limits',
    default: '`10,120,600`',
    example: '10,120,600',
    meaning:
      'Attempts to hold seats of one event per 10 seconds by one buyer, from one address and from one network. A person makes at most one attempt per second; a class of 30 may make four each at once.',
  },
  RATE_LIMIT_CHANGES: {
    group: 'Rate limits',
    default: '`20,240,1200`',
    example: '20,240,1200',
    meaning:
      'All other mutations of one event per 10 seconds by one buyer, from one address and from one network. It is twice the limit of holds, so that a buyer who may hold may also confirm and release.',
  },
  RATE_LIMIT_READS: {
    group: 'Rate limits',
    default: '`100,600,3000`',
    example: '100,600,3000',
    meaning:
      'Fields of queries per 10 seconds by one buyer, from one address and from one network. A page reads a few fields at once; a class of 30 reads about 20 each.',
  },
  RATE_LIMIT_SUBSCRIPTIONS: {
    group: 'Rate limits',
    default: '`30,300,1500`',
    example: '30,300,1500',
    meaning:
      'Subscriptions started per 10 seconds by one buyer, from one address and from one network. A page starts one or two; all pages of a class reconnect at once after a deployment.',
  },
  RATE_LIMIT_CALLS: {
    group: 'Rate limits',
    default: '`2000,10000`',
    example: '2000,10000',
    meaning:
      'Requests and calls of root fields per 10 seconds and process, from one address and from one network. It protects the CPU of the process, and is checked in memory before a request is parsed.',
  },
  RATE_LIMIT_HELD_SEATS: {
    group: 'Rate limits',
    default: '`120,600`',
    example: '120,600',
    meaning:
      'Seats of one event that buyers at one address and in one network may hold unconfirmed at the same time. A class of 30 may hold four each.',
  },
};

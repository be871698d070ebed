import type { Guard } from './guard.ts';

const feed = { file: 'src/web/seat-feed/create-seat-feed.ts', tests: ['test/unit/seat-feed.test'] };
const map = { file: 'src/web/seat-feed/live-seats.ts', tests: ['test/unit/seat-feed/seat-feed-map'] };

/** Of the module that pages keep their map right with. */
export const pageGuards: readonly Guard[] = [
  {
    name: 'a page asks for a snapshot until it has one',
    ...feed,
    find: 'this.#lacksSnapshot ? null : this.version',
    replace: 'this.version',
  },
  {
    name: 'a page forgets how long its last connection was well',
    ...feed,
    find: 'this.#liveSinceMs = null;',
    replace: '',
  },
  {
    name: 'a page has one subscription at a time',
    ...feed,
    find: "if (this.#state === 'closed' || this.#current !== undefined) return;",
    replace: "if (this.#state === 'closed') return;",
  },
  {
    name: 'a page leaves a dead connection',
    ...feed,
    find: 'if (wasLive) this.#call(() => this.#options.abandon?.());',
    replace: 'void wasLive;',
  },
  {
    name: 'a page notices that its connection is dead',
    file: 'src/web/seat-feed/watch-connection.ts',
    tests: ['test/unit/seat-feed/seat-feed-transport'],
    find: 'if (!received) timer',
    replace: 'if (received && !connected) timer',
  },
  {
    name: 'a page notices a missed version',
    ...map,
    find: 'if (this.#version === null || update.fromVersion > this.#version)',
    replace: 'if (this.#version === null)',
  },
  {
    name: 'a page drops what it knows',
    ...map,
    find: "if (update.version <= this.#version) return 'known';",
    replace: '',
  },
  {
    name: 'a page resumes from its version',
    ...feed,
    find: 'this.#lacksSnapshot ? null : this.version',
    replace: 'null',
  },
  {
    name: 'a page does not hear what it has left',
    ...feed,
    find: 'if (isCurrent()) this.#take(update);',
    replace: 'this.#take(update);',
  },
];

import type { Guard } from './guard.ts';

const feed = { file: 'src/seating/live/live-feed.ts', tests: ['test/unit/live-feed/live-feed-repair'] };
const gap = { file: 'src/seating/live/gap-timer.ts', tests: ['test/unit/live-feed/live-feed-gaps'] };
const updates = { file: 'src/seating/live/seat-updates.ts', tests: ['test/unit/seating/seat-updates'] };
const mailbox = { file: 'src/seating/live/mailbox.ts', tests: ['test/unit/seating/mailbox'] };
const republish = { file: 'src/workers/republish.ts', tests: ['test/db/messaging/republish-gaps'] };

const channel = { file: 'src/fanout/seat-channel.ts', tests: ['test/unit/fanout/shared-channel'] };

/** Of the live seat map: order, repair, what is bounded, and how old a map may be. */
export const seatMapGuards: readonly Guard[] = [
  {
    name: 'reads of the record that are kept are bounded',
    ...channel,
    find: 'this.#resumes.size >= fanoutLimits.resumesKeptMax',
    replace: 'this.#resumes.size < 0',
  },
  {
    name: 'who comes makes nobody’s message come early',
    ...updates,
    find: 'await feed.sent();',
    replace: '',
  },
  {
    name: 'who follows makes nobody’s message come early',
    ...feed,
    tests: ['test/unit/seating/seat-updates'],
    find: 'return this.#followers.add(follower);',
    replace: 'this.#send();\n    return this.#followers.add(follower);',
  },
  {
    name: 'a stopped feed keeps nobody waiting',
    ...feed,
    tests: ['test/unit/seating/seat-updates'],
    find: 'this.#gap.stop();\n    this.#allSent();\n',
    replace: 'this.#gap.stop();\n',
  },
  {
    name: 'a slow follower is shown the state when it has settled',
    ...mailbox,
    find: 'await this.#settled();',
    replace: '',
  },
  {
    name: 'a feed notices a missed version',
    ...feed,
    find: 'if (message.previousBatchId !== this.#batchId) {',
    replace: 'if (message.fromVersion === -1) {',
  },
  {
    name: 'a feed drops what comes twice',
    ...feed,
    find: 'if (message.version <= this.#version) return this.#checkHistory(message);',
    replace: '',
  },
  {
    name: 'a feed keeps what comes while its map is read',
    ...feed,
    find: 'if (this.#states === undefined) return this.#early.keep(message);',
    replace: 'if (this.#states === undefined) return;',
  },
  {
    name: 'a feed listens before its map is read',
    ...feed,
    find: "await withDeadline(this.#subscription.ready, SUBSCRIBE_WAIT_MS, 'subscribing')",
    replace: "await withDeadline(Promise.resolve(), SUBSCRIBE_WAIT_MS, 'subscribing')",
  },
  {
    name: 'a feed takes its own event only, and nothing once stopped',
    ...feed,
    find: 'if (this.#stopped || message.eventId !== this.eventId) return;',
    replace: '',
  },
  {
    name: 'a change is applied whole or not at all',
    ...feed,
    find: 'if (message.seats.some(([index]) => index >= map.seatCount)) return false;',
    replace: '',
  },
  {
    name: 'a record with a gap is no repair',
    ...feed,
    find: 'if (change.previousBatchId !== this.#batchId || !this.#apply(change)) return this.#reload();',
    replace: 'if (!this.#apply(change) && this.#stopped) return this.#reload();',
  },
  {
    name: 'a gap of many seats is closed with the map',
    ...feed,
    tests: ['test/unit/live-feed/live-feed-gaps'],
    find: 'GAP_MAX, GAP_STEPS_MAX)',
    replace: 'GAP_MAX)',
  },
  {
    name: 'a feed that gets on asks nobody',
    ...gap,
    find: 'if (this.#versionNow() === version) this.#stuck();',
    replace: 'if (version !== undefined) this.#stuck();',
  },
  {
    name: 'a feed that gets on closes the next gap too',
    ...gap,
    find: 'else this.start();',
    replace: '',
  },
  {
    name: 'a map that the database has gone back behind is read anew',
    ...feed,
    find: 'else if (found.version < ownBefore)',
    replace: 'else if (found.version < -1)',
  },
  {
    name: 'one repair of a feed at a time',
    ...feed,
    find: 'this.#repair ??= this.#run(read)',
    replace: 'this.#repair = this.#run(read)',
  },
  {
    name: 'a gap that came up during a repair is closed too',
    ...feed,
    find: 'if (this.#repair !== undefined) this.#gap.start();',
    replace: 'if (this.#repair !== undefined) return;',
  },
  {
    name: 'one follower that fails harms no other',
    ...feed,
    file: 'src/seating/live/feed-followers.ts',
    find: "this.#logger.error({ err: error, eventId: this.#eventId }, 'a subscriber of a live feed failed');",
    replace: 'throw error;',
  },
  {
    name: 'changes go out on a tick',
    ...feed,
    find: 'if (wait <= 0) this.#send();',
    replace: 'if (wait < Infinity) this.#send();',
    tests: ['test/unit/live-feed/live-feed-properties'],
    only: 'are told on a tick',
  },
  {
    name: 'polling repairs what Redis lost',
    ...feed,
    file: 'src/seating/live/live-feeds.ts',
    find: 'if (feeds.length > 0) {',
    replace: 'if (feeds.length > 1e9) {',
    only: 'polling',
  },
  {
    name: 'what is no message is not heard',
    file: 'src/messaging/pubsub.ts',
    find: 'const message = parseSeatsChanged(received);',
    replace: 'const message = received as SeatsChanged;',
    tests: ['test/db/messaging/foreign-messages'],
  },
  {
    name: 'listening before the record is read',
    ...updates,
    find: 'for (const message of queue) mailbox.push(message);',
    replace: '',
  },
  {
    name: 'the queue of a follower is bounded',
    ...mailbox,
    find: '} else if (this.#queue.length < this.#limit) {',
    replace: '} else if (this.#queue.length < 1e9) {',
  },
  {
    name: 'what is part of a snapshot is not sent again',
    ...mailbox,
    find: 'if (this.#closed || this.#overflowed) return;',
    replace: 'if (this.#closed) return;',
  },
  {
    name: 'a watermark is raised after its message is out',
    file: 'src/messaging/pubsub.ts',
    find: 'await transport.publish(',
    replace: 'await watermarks.raise(message.eventId, message.version);\n        await transport.publish(',
    tests: ['test/db/messaging/watermark-order'],
  },
  {
    name: 'a watermark is never lowered',
    file: 'src/messaging/raiseWatermark-1.lua',
    find: 'if watermark and watermark >= version then',
    replace: 'if false then',
    tests: ['test/db/republish.test'],
    only: 'never lowered',
  },
  {
    name: 'what skips versions is not published again',
    ...republish,
    find: 'recorded.filter((change) => change.version === change.fromVersion + 1)',
    replace: 'recorded',
  },
];

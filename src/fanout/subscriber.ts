import type { SharedOperation } from '../graphql/engine/shared-operation.ts';
import type { SeatSource } from '../seating/live/seat-updates.ts';
import type { Payload } from './payload.ts';

/*
 * The states of a subscriber:
 *
 *                  resume
 *              ┌────────────▶ resuming
 *              │  ┌────────────┘
 *              │  ▼   read
 *   join ───▶ starting ────────────────── sent ──────────────────▶ live ──┐
 *              ▲  │ ▲ ◀──────────────── overrun ─────────────────  │  ▲   │ sent
 *      drained │  │ full                                           │  └───┘
 *              │  ▼                                                │
 *             behind ◀────────────────── full ─────────────────────┘
 *
 *   Every state but `gone` becomes `gone` when the subscriber leaves.
 */

/**
 * - `starting`: a first message, or a snapshot, is due.
 * - `resuming`: the changes since the version that the client has are being read.
 * - `live`: the consumer has been sent all messages up to `at`.
 * - `behind`: a slow consumer. It is skipped until its send buffer has drained.
 * - `gone`: it has left. Callbacks that were pending may still arrive.
 */
export type SubscriberState = 'starting' | 'resuming' | 'live' | 'behind' | 'gone';

/**
 * - `resume`: reading the changes since the client's version has begun.
 * - `read`: that read has ended, with or without changes.
 * - `sent`: the consumer has accepted a message.
 * - `full`: the consumer has rejected a message, because its send buffer is full.
 * - `drained`: the send buffer is empty.
 * - `overrun`: the replay buffer no longer has the next message.
 * - `leave`: the client or the server has ended the subscription.
 */
export type SubscriberEvent = 'resume' | 'read' | 'sent' | 'full' | 'drained' | 'overrun' | 'leave';

type Transitions = Readonly<
  Record<SubscriberState, Readonly<Record<SubscriberEvent, SubscriberState | null>>>
>;

/** The next state for every state and event. Null: the event cannot occur in the state. */
export const transitions: Transitions = {
  starting: {
    resume: 'resuming',
    read: null,
    sent: 'live',
    full: 'behind',
    drained: null,
    overrun: null,
    leave: 'gone',
  },
  resuming: {
    resume: null,
    read: 'starting',
    sent: null,
    full: null,
    drained: null,
    overrun: null,
    leave: 'gone',
  },
  live: {
    resume: null,
    read: null,
    sent: 'live',
    full: 'behind',
    drained: null,
    overrun: 'starting',
    leave: 'gone',
  },
  behind: {
    resume: null,
    read: null,
    sent: null,
    full: null,
    drained: 'starting',
    overrun: null,
    leave: 'gone',
  },
  gone: {
    resume: null,
    read: 'gone',
    sent: null,
    full: null,
    drained: 'gone',
    overrun: null,
    leave: null,
  },
};

/** The connection of a subscriber: a WebSocket or an event stream. */
export interface Consumer {
  /** Returns false, and sends nothing, if the send buffer has no room for the payload. */
  send(payload: Payload): boolean;
  /** Calls back once, when the send buffer is empty. */
  onDrain(then: () => void): void;
  /** Closes the connection after a server error. The client may reconnect. */
  fail(): void;
}

export interface SubscriberOptions {
  readonly operation: SharedOperation;
  readonly source: SeatSource;
  readonly consumer: Consumer;
  readonly at: number;
}

/** A subscriber of a channel. Its state follows the transition table. */
export class Subscriber {
  readonly operation: SharedOperation;
  readonly source: SeatSource;
  readonly consumer: Consumer;
  /** While starting: number of the message that it must start with or after. While live: the last message sent. */
  at: number;
  /** True until a resume from `source.afterVersion` has been tried. */
  resumes: boolean;
  #state: SubscriberState = 'starting';

  constructor({ operation, source, consumer, at }: SubscriberOptions) {
    this.operation = operation;
    this.source = source;
    this.consumer = consumer;
    this.at = at;
    this.resumes = source.afterVersion !== null;
  }

  get state(): SubscriberState {
    return this.#state;
  }

  /**
   * Applies an event, and returns the new state.
   *
   * @throws {Error} if the event cannot occur in the current state: a bug.
   */
  apply(event: SubscriberEvent): SubscriberState {
    const next = transitions[this.#state][event];
    if (next === null) throw new Error(`bug: event "${event}" of a subscriber that is "${this.#state}"`);
    this.#state = next;
    return next;
  }
}

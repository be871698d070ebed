import { beforeEach, describe, expect, it } from 'vitest';
import { RunningClock } from '../../../src/platform/service/running-clock.ts';
import { WriteSignals } from '../../../src/platform/service/write-signals.ts';

let nowMs: number;
let signals: WriteSignals;

beforeEach(() => {
  nowMs = 10_000;
  signals = new WriteSignals(() => nowMs, 1_500);
});

const refusedConnection = new Error('connect ECONNREFUSED 127.0.0.1:5432');
const withState = (code: string) => Object.assign(new Error('refused'), { code });

function wait(ms: number) {
  nowMs += ms;
  return signals.find();
}

describe('a COMMIT', () => {
  it('that is older than two seconds is a signal, since it was sent', () => {
    signals.watchBatch().committing();
    expect(wait(2_000)).toBeNull();
    expect(wait(1)).toEqual({ cause: 'COMMIT_STUCK', sinceMs: 10_000 });
  });

  it('that was answered is none', () => {
    const batch = signals.watchBatch();
    batch.committing();
    batch.completed();
    expect(wait(60_000)).toBeNull();
  });
});

describe('a batch', () => {
  it('that waits for the database for more than three seconds is a signal', () => {
    signals.watchBatch();
    expect(wait(3_000)).toBeNull();
    expect(wait(1)).toEqual({ cause: 'STALLED', sinceMs: 10_000 });
  });

  it('that waits for locks is none while the server responds', () => {
    signals.watchBatch().locking();
    nowMs += 5_000;
    signals.noteResponse();
    expect(wait(2_000)).toBeNull();
    expect(wait(1)).toEqual({ cause: 'STALLED', sinceMs: 10_000 });
  });

  it('that got its locks is watched again from then on', () => {
    const batch = signals.watchBatch();
    batch.locking();
    nowMs += 5_000;
    batch.locked();
    expect(wait(3_000)).toBeNull();
    expect(wait(1)).toMatchObject({ cause: 'STALLED' });
  });

  it.each([
    ['25006', 'SERVER_READ_ONLY'],
    ['53100', 'DISK_FULL'],
  ])('that fails with %s is the signal %s', (state, cause) => {
    signals.watchBatch().failed(withState(state));
    expect(signals.find()).toEqual({ cause, sinceMs: 10_000 });
    signals.reset();
    expect(signals.find()).toBeNull();
  });

  it('that ends the server for want of disk is none: another server may have it', () => {
    const cause = { originalCode: '53100', severity: 'PANIC' };
    signals.watchBatch().failed(Object.assign(new Error('could not write to file'), { cause }));
    expect(wait(0)).toBeNull();
  });

  it.each(['25006', '53100'])(
    'that fails with %s after writes were switched off is a signal once',
    (state) => {
      const batch = signals.watchBatch();
      signals.reset();
      batch.failed(withState(state));
      expect(signals.find()).not.toBeNull();
      expect(wait(60_000)).toBeNull();
    },
  );

  it('that fails for another reason is none', () => {
    for (const state of ['40P01', '55P03', '23505', '53200']) signals.watchBatch().failed(withState(state));
    expect(wait(60_000)).toBeNull();
  });
});

describe('a lost connection', () => {
  it('is a signal after the five seconds that a failover takes, if a command waits', () => {
    signals.commandSubmitted();
    signals.watchBatch().failed(refusedConnection);
    expect(wait(5_000)).toBeNull();
    expect(wait(1)).toEqual({ cause: 'UNREACHABLE', sinceMs: 10_000 });
  });

  it('is none if the server ended a session that waited for locks', () => {
    signals.commandSubmitted();
    const batch = signals.watchBatch();
    batch.locking();
    batch.failed(withState('57P01'));
    expect(wait(60_000)).toBeNull();
  });

  it('is none if no command waits any more', () => {
    signals.commandSubmitted();
    signals.watchBatch().failed(refusedConnection);
    signals.commandSettled();
    expect(wait(60_000)).toBeNull();
  });

  it('is none once a batch completes', () => {
    signals.commandSubmitted();
    signals.watchBatch().failed(refusedConnection);
    nowMs += 4_000;
    signals.watchBatch().completed();
    expect(wait(60_000)).toBeNull();
  });

  it('is counted from the first command that waits', () => {
    signals.commandSubmitted();
    signals.commandSettled();
    nowMs += 60_000;
    signals.commandSubmitted();
    signals.watchBatch().failed(refusedConnection);
    expect(wait(5_000)).toBeNull();
  });
});

describe('slow batches', () => {
  function run(count: number, durationMs: number) {
    for (let i = 0; i < count; i++) {
      const batch = signals.watchBatch();
      nowMs += durationMs;
      batch.completed();
    }
  }

  it('are a signal when two of the last twenty have been too slow for five seconds', () => {
    run(18, 10);
    run(2, 1_501);
    expect(signals.find()).toBeNull();
    run(3, 1_501);
    expect(signals.find()).toBeNull();
    run(1, 1_501);
    expect(signals.find()).toMatchObject({ cause: 'SLOW' });
  });

  it('are none below the limit, or if they are few', () => {
    run(100, 1_500);
    expect(signals.find()).toBeNull();
    run(1, 2_900);
    expect(wait(60_000)).toBeNull();
  });

  it('are none once no batch has run for two seconds', () => {
    run(22, 2_000);
    expect(wait(2_000)).toMatchObject({ cause: 'SLOW' });
    expect(wait(1)).toBeNull();
  });

  it('before a pause of two seconds do not count for the batches after it', () => {
    run(22, 2_000);
    nowMs += 2_001;
    run(1, 10);
    expect(signals.find()).toBeNull();
    run(19, 2_000);
    expect(signals.find()).toBeNull();
    run(3, 2_000);
    expect(signals.find()).toMatchObject({ cause: 'SLOW' });
  });

  it('count although others between them fail', () => {
    for (let i = 0; i < 24; i++) {
      run(1, 1_800);
      const failing = signals.watchBatch();
      nowMs += 2_500;
      failing.failed(withState('57014'));
    }
    expect(signals.find()).toMatchObject({ cause: 'SLOW' });
  });

  it('count while another one is in flight', () => {
    run(22, 2_000);
    const batch = signals.watchBatch();
    batch.locking();
    nowMs += 3_000;
    signals.noteResponse();
    expect(signals.find()).toMatchObject({ cause: 'SLOW' });
  });

  it('are forgotten when writes are switched off', () => {
    run(30, 2_000);
    expect(signals.find()).not.toBeNull();
    signals.reset();
    expect(wait(60_000)).toBeNull();
  });
});

it('a pause of the process itself counts as half a second', () => {
  let at = 0;
  const clock = new RunningClock(500, () => at);
  at += 250;
  expect(clock.now()).toBe(250);
  at += 60_000;
  expect(clock.now()).toBe(750);
});

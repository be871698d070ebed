import { describe, expect, it } from 'vitest';
import { advance, type GateEvent, type GateState } from '../../../src/platform/service/write-gate.ts';

const order = (mode: 'AUTO' | 'READ_ONLY', reason: string | null = null): GateEvent => ({
  kind: 'order',
  order: { mode, reason },
});
const signal: GateEvent = { kind: 'signal', cause: 'COMMIT_STUCK' };
const probe = (durationMs: number | null): GateEvent => ({ kind: 'probe', durationMs });
const fast = probe(750);
const slow = probe(751);
const failed = probe(null);
const off = order('READ_ONLY', 'switchover');
const auto = order('AUTO');

const open: GateState = { kind: 'OPEN', sinceMs: 0 };
const readOnly = (goodProbes: number): GateState => ({
  kind: 'READ_ONLY',
  sinceMs: 1_000,
  cause: 'COMMIT_STUCK',
  goodProbes,
});
const unreachable = (goodProbes: number): GateState => ({
  kind: 'READ_ONLY',
  sinceMs: 1_000,
  cause: 'UNREACHABLE',
  goodProbes,
});
const forced: GateState = { kind: 'FORCED', sinceMs: 1_000, reason: 'switchover' };

const early = 5_999;
const late = 6_000;

describe('the gate', () => {
  it.each<[string, GateState, GateEvent, number, GateState]>([
    [
      'open, a signal',
      open,
      signal,
      70,
      { kind: 'READ_ONLY', sinceMs: 70, cause: 'COMMIT_STUCK', goodProbes: 0 },
    ],
    ['open, a probe', open, fast, 70, open],
    ['open, no order', open, auto, 70, open],
    ['open, an order', open, off, 70, { kind: 'FORCED', sinceMs: 70, reason: 'switchover' }],
    ['read-only, another signal', readOnly(2), signal, late, readOnly(0)],
    ['read-only, a fast probe before its time', readOnly(2), fast, early, readOnly(3)],
    ['read-only, the second fast probe', readOnly(1), fast, late, readOnly(2)],
    ['read-only, the third fast probe', readOnly(2), fast, late, { kind: 'OPEN', sinceMs: late }],
    [
      'read-only since a failover took too long, the third fast probe',
      unreachable(2),
      fast,
      early,
      { kind: 'OPEN', sinceMs: early },
    ],
    [
      'read-only since a failover took too long, the second fast probe',
      unreachable(1),
      fast,
      early,
      unreachable(2),
    ],
    ['read-only, a slow probe', readOnly(2), slow, late, readOnly(0)],
    ['read-only, a failed probe', readOnly(2), failed, late, readOnly(0)],
    ['read-only, no order', readOnly(2), auto, late, readOnly(2)],
    ['read-only, an order', readOnly(2), off, late, { kind: 'FORCED', sinceMs: late, reason: 'switchover' }],
    ['forced, a signal', forced, signal, late, forced],
    ['forced, a fast probe', forced, fast, late, forced],
    ['forced, the same order', forced, off, late, forced],
    ['forced, another reason', forced, order('READ_ONLY', 'upgrade'), late, { ...forced, reason: 'upgrade' }],
    [
      'forced, the order ends',
      forced,
      auto,
      late,
      { kind: 'READ_ONLY', sinceMs: 1_000, cause: 'RELEASED', goodProbes: 0 },
    ],
  ])('%s', (_, before, event, nowMs, after) => {
    expect(advance(before, event, nowMs)).toEqual(after);
  });

  it('is the same object if nothing changes, so that nothing is reported', () => {
    for (const [state, event] of [
      [open, fast],
      [open, auto],
      [readOnly(0), signal],
      [readOnly(0), failed],
      [readOnly(2), auto],
      [forced, off],
    ] as const)
      expect(advance(state, event, late)).toBe(state);
  });
});

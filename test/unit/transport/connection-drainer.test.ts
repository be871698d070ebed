import { expect, it, vi } from 'vitest';
import { ConnectionDrainer } from '../../../src/http/connection-drainer.ts';

it.each([0, 1_000])('draining over %i ms ends every connection once, in waves', (spreadMs) => {
  vi.useFakeTimers();
  try {
    const drainer = new ConnectionDrainer();
    const ended: number[] = [];
    for (let i = 0; i < 95; i++) {
      const remove = drainer.add(() => ended.push(i));
      if (i % 2 === 0) remove();
    }
    drainer.start(spreadMs);
    expect(ended).toHaveLength(spreadMs === 0 ? 47 : 5);
    const during = vi.fn<() => void>();
    for (let i = 0; i < 20; i++) drainer.add(() => during());
    vi.advanceTimersByTime(spreadMs);
    expect(during).toHaveBeenCalledTimes(20);
    expect(ended).toEqual(Array.from({ length: 47 }, (_, i) => 2 * i + 1));
    expect(vi.getTimerCount()).toBe(0);
    // Added after the last wave: it ends at once.
    const late = vi.fn<() => void>();
    drainer.add(late);
    expect(late).toHaveBeenCalledTimes(1);
  } finally {
    vi.useRealTimers();
  }
});

it('a connection ends once, at a random age from half of the maximum', () => {
  vi.useFakeTimers();
  try {
    const drainer = new ConnectionDrainer(1_000);
    const ended: string[] = [];
    for (let i = 0; i < 200; i++) drainer.add((reason) => ended.push(reason));
    const closed = vi.fn<() => void>();
    drainer.add(closed)();
    vi.advanceTimersByTime(499);
    expect(ended).toEqual([]);
    vi.advanceTimersByTime(251);
    expect(ended.length).toBeGreaterThan(20);
    expect(ended.length).toBeLessThan(180);
    vi.advanceTimersByTime(250);
    expect(ended).toEqual(Array.from({ length: 200 }, () => 'age'));
    expect(closed).not.toHaveBeenCalled();
    drainer.start(0);
    expect(ended).toHaveLength(200);
  } finally {
    vi.useRealTimers();
  }
});

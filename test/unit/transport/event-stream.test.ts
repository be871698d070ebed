import type { ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { expect, it, vi } from 'vitest';
import { EventStream } from '../../../src/transport/sse/event-stream.ts';
import { streamLimits } from '../../../src/transport/limits.ts';

it('writes nothing after its end, even before it has closed', () => {
  vi.useFakeTimers();
  try {
    const res = Object.assign(new PassThrough(), { writeHead: vi.fn<() => void>() });
    const write = vi.spyOn(res, 'write');
    new EventStream(res as unknown as ServerResponse, { bufferBytesMax: 1_000, stuckMs: 1_000 }).open();
    vi.advanceTimersByTime(streamLimits.pingEveryMs);
    expect(write).toHaveBeenCalledTimes(2);
    res.end();
    vi.advanceTimersByTime(5 * streamLimits.pingEveryMs);
    expect(write).toHaveBeenCalledTimes(2);
    res.emit('close');
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

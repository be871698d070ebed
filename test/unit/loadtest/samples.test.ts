import { expect, it } from 'vitest';
import { plotLatencies } from '../../../loadtest/run/report/plot.ts';
import { addK6Line, Samples } from '../../../loadtest/run/report/samples.ts';
import { measureLag } from '../../../loadtest/run/watch/watchers.ts';

const line = (metric: string, time: string, value: number, name = 'holdSeats') =>
  `{"metric":"${metric}","type":"Point","data":{"time":"${time}","value":${value},"tags":{"name":"${name}"}}}`;

it('collects the durations of requests from the output of k6, and nothing else', () => {
  const samples = new Samples();
  addK6Line(samples, '{"type":"Metric","data":{"name":"http_req_duration"},"metric":"http_req_duration"}');
  addK6Line(samples, line('http_req_waiting', '2027-01-01T00:00:00Z', 7));
  for (let ms = 1; ms <= 100; ms++)
    addK6Line(samples, line('http_req_duration', '2027-01-01T00:00:00.123456789+01:00', ms));
  addK6Line(samples, line('http_req_duration', '2027-01-01T00:00:02.5+01:00', 5, 'browse'));
  expect(samples.byName().get('holdSeats')).toEqual({
    count: 100,
    p50Ms: 51,
    p95Ms: 96,
    p99Ms: 100,
    maxMs: 100,
  });
  expect(samples.bySecond().map(({ second, count }) => [second, count])).toEqual([
    [0, 100],
    [2, 1],
  ]);
});

it('counts the lag of every version that a message covers', () => {
  const broadcasts = [
    { fromVersion: 3, version: 5, arrivals: Float64Array.of(1_110, 1_120) },
    { fromVersion: 5, version: 6, arrivals: Float64Array.of(2_010) },
  ];
  const commits = new Map([
    [4, 1_000],
    [5, 1_090],
  ]);
  const lag = measureLag(broadcasts, commits).byName().get('COMMIT to socket');
  expect(lag).toEqual({ count: 4, p50Ms: 110, p95Ms: 120, p99Ms: 120, maxMs: 120 });
});

it('plots p50, p95 and p99 by second', () => {
  const at = (second: number, p50Ms: number, p99Ms: number) => ({
    second,
    count: 9,
    p50Ms,
    p95Ms: p99Ms,
    p99Ms,
    maxMs: p99Ms,
  });
  const svg = plotLatencies('a < b', [at(0, 10, 40), at(1, 20, 60)]);
  expect(svg).toContain('>a &lt; b<');
  const curves = [...svg.matchAll(/<polyline points="([^"]+)"/g)].map(([, points]) => points);
  // The vertical axis ends at 100 ms: 260 is 0 ms and 40 is 100 ms.
  expect(curves).toEqual(['60.0,238.0 740.0,216.0', '60.0,172.0 740.0,128.0', '60.0,172.0 740.0,128.0']);
});

it('plots a run without samples', () => {
  expect(plotLatencies('nothing', [])).not.toMatch(/NaN|Infinity/);
});

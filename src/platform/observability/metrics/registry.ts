import { collectDefaultMetrics, Registry } from 'prom-client';

/**
 * The metrics of this process. A process has one registry: with `npm start`, API and worker share it.
 *
 * Names follow the conventions of Prometheus: base units, `_total` for counters, and labels with few possible values. No
 * label holds an ID, an address or a text that a client chose.
 */
export const registry = new Registry();

export const metricsContentType = registry.contentType;

const collectors: (() => void)[] = [];

/** Runs `collect` before each scrape, to set gauges whose values are computed on demand. */
export function onScrape(collect: () => void): void {
  collectors.push(collect);
}

/** Returns all metrics in the text format of Prometheus. */
export function readMetrics(): Promise<string> {
  collectProcessMetrics();
  for (const collect of collectors) collect();
  return registry.metrics();
}

let collecting = false;

/** Starts to collect the default metrics of the process. Idempotent. */
export function collectProcessMetrics(): void {
  if (collecting) return;
  collecting = true;
  collectDefaultMetrics({ register: registry });
}

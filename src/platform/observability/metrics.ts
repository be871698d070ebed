import { bookingMetrics } from './metrics/booking-metrics.ts';
import { liveMetrics } from './metrics/live-metrics.ts';
import { serverMetrics } from './metrics/server-metrics.ts';

/** All metrics of Sellout. docs/operations.md says what to do about them. */
export const metrics = { ...bookingMetrics, ...liveMetrics, ...serverMetrics } as const;

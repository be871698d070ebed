import type { ConstantArrivalRateScenario, Options, Scenario } from 'k6/options';
import { plan } from './plan.ts';

type Thresholds = NonNullable<Options['thresholds']>;

/** Names of the requests, for which k6 reports latency separately. */
const REQUESTS = ['browse', 'holdSeats', 'confirmBooking', 'releaseBooking', 'cancelBooking'] as const;

/** Conditions of every scenario. */
const always: Thresholds = {
  // Without this, an overloaded k6 looks like a good server.
  dropped_iterations: ['count==0'],
  http_req_failed: ['rate==0'],
  http_reqs: ['count>0'],
  'outcomes{outcome:UNEXPECTED}': ['count==0'],
};

/** Returns the options of a script: its scenarios and its thresholds besides those that apply to all. */
export function createOptions(scenarios: Record<string, Scenario>, thresholds: Thresholds = {}): Options {
  return {
    scenarios,
    thresholds: { ...always, ...latencyThresholds(), ...thresholds },
    summaryTrendStats: ['count', 'min', 'med', 'p(95)', 'p(99)', 'max'],
    // A tag that nothing reads costs CPU in every sample.
    systemTags: ['name', 'status', 'error_code', 'scenario'],
    noCookiesReset: true,
    discardResponseBodies: false,
  };
}

/** The limit of N6 in docs/requirements.md: 99 % within 500 ms. */
function latencyThresholds(): Thresholds {
  if (!plan.latencyLimits) return {};
  return Object.fromEntries(REQUESTS.map((name) => [`http_req_duration{name:${name}}`, ['p(99)<500']]));
}

/** Returns a scenario whose arrivals don't wait for responses. */
export function openModel(exec: string, startTime = '0s'): ConstantArrivalRateScenario {
  return {
    executor: 'constant-arrival-rate',
    exec,
    startTime,
    // k6 accepts only whole rates.
    rate: Math.max(1, Math.round(plan.rate * 60)),
    timeUnit: '1m',
    duration: `${plan.seconds}s`,
    preAllocatedVUs: plan.virtualUsers,
    gracefulStop: '60s',
  };
}

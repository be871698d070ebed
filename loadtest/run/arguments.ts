import type { ParseArgsConfig } from 'node:util';
import { readArguments, UsageError } from '../../scripts/local/command.ts';
import { scenarios, type Scenario, type Size } from './scenarios.ts';

/** A scenario and the size in which it runs. */
export interface Run {
  readonly scenario: Scenario;
  readonly size: Size;
}

export interface LoadtestRequest {
  /** Scenarios for k6. */
  readonly runs: readonly Run[];
  /** Size of the arena attack, which needs no k6; null if it does not run. */
  readonly attack: 'full' | 'small' | null;
  /** Whether the runs are those of CI: small, without limits on latency. */
  readonly ci: boolean;
  /** Folder for the reports. */
  readonly out: string;
  /** Deployment to load. Null starts a server. */
  readonly baseUrl: string | null;
  /** Event of the deployment. Null chooses one. */
  readonly eventId: string | null;
}

const COMMAND = 'loadtest';
/** Attacks a server of its own, with the repository's own clients. */
const ATTACK = 'arena-attack';

const options = {
  ci: { type: 'boolean', default: false },
  buyers: { type: 'string' },
  rate: { type: 'string' },
  seconds: { type: 'string' },
  watchers: { type: 'string' },
  seats: { type: 'string' },
  event: { type: 'string' },
  out: { type: 'string', default: 'loadtest/reports' },
  'yes-load-this-server': { type: 'boolean', default: false },
} as const satisfies ParseArgsConfig['options'];

/** Parses the arguments. @throws {UsageError} if they are wrong, or if the server to load needs a confirmation. */
export function parseRequest(args: readonly string[], baseUrl: string | undefined): LoadtestRequest {
  const { values, positionals } = readArguments(COMMAND, {
    args: [...args],
    options,
    allowPositionals: true,
  });
  const [name, ...rest] = positionals;
  if (rest.length > 0) throw new UsageError(COMMAND, `Name one scenario, not ${positionals.length}.`);
  const isAttack = name === ATTACK;
  const chosen = isAttack ? [] : values.ci && name === undefined ? scenarios : [findScenario(name)];
  const isOwn = isAttack || chosen.some(({ full }) => full.sale !== undefined);
  if (baseUrl !== undefined && !values.ci && isOwn)
    throw new UsageError(COMMAND, `${name} starts its own servers. Unset BASE_URL.`);
  const isAttacked = isAttack || (values.ci && name === undefined && baseUrl === undefined);
  return {
    runs: chosen.map((scenario) => ({
      scenario,
      size: overrideSize(scenario, values.ci ? scenario.small : scenario.full, values),
    })),
    attack: isAttacked ? (values.ci ? 'small' : 'full') : null,
    ci: values.ci,
    out: values.out,
    baseUrl: checkBaseUrl(baseUrl, values['yes-load-this-server']),
    eventId: values.event ?? null,
  };
}

function findScenario(name: string | undefined): Scenario {
  const names = [...scenarios.map((scenario) => scenario.name), ATTACK].join(', ');
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  const mistake = name === undefined ? 'The scenario is missing.' : `Unknown scenario ${name}.`;
  throw new UsageError(COMMAND, `${mistake} Scenarios: ${names}.`);
}

type Overrides = Partial<Record<'buyers' | 'rate' | 'seconds' | 'watchers' | 'seats', string | undefined>>;

function overrideSize(scenario: Scenario, size: Size, given: Overrides): Size {
  const read = (name: keyof Overrides, least: number, otherwise: number) => {
    const text = given[name];
    if (text === undefined) return otherwise;
    const value = Number(text);
    if (!Number.isInteger(value) || value < least)
      throw new UsageError(COMMAND, `--${name} must be a whole number from ${least}, not ${text}.`);
    return value;
  };
  const buyers = read('buyers', 1, size.buyers);
  const rate = read('rate', 1, size.rate);
  const seconds = scenario.oncePerBuyer ? Math.ceil(buyers / rate) : read('seconds', 1, size.seconds);
  if (scenario.oncePerBuyer && given.seconds !== undefined)
    throw new UsageError(COMMAND, `--seconds follows from --buyers and --rate in ${scenario.name}.`);
  if (given.seats !== undefined && size.sale === undefined)
    throw new UsageError(COMMAND, `--seats applies to an on-sale, not to ${scenario.name}.`);
  const sale = size.sale && { ...size.sale, seats: read('seats', 1, size.sale.seats) };
  return {
    ...size,
    ...(sale === undefined ? {} : { sale }),
    buyers,
    rate: scenario.oncePerBuyer ? buyers / seconds : rate,
    seconds,
    watchers: read('watchers', 0, size.watchers),
  };
}

/** Returns the origin of a deployment, without a slash at the end. */
function checkBaseUrl(baseUrl: string | undefined, isConfirmed: boolean): string | null {
  if (baseUrl === undefined) return null;
  const url = URL.parse(baseUrl);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UsageError(COMMAND, `BASE_URL must be an http or https URL, not ${baseUrl}.`);
  if (!isLoopback(url) && !isConfirmed)
    throw new UsageError(
      COMMAND,
      `${url.host} is another machine. Add --yes-load-this-server if you are allowed to load it.`,
    );
  return url.origin;
}

/** Returns whether a URL leads to this machine. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

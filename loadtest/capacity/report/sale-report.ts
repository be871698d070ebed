import { short, table, whole } from '../../bench/markdown.ts';
import { STATUS_SECONDS, toGigabits, type Plan } from '../model/plan.ts';
import type { Usage } from '../model/usage.ts';
import { seatsPerBooking } from '../sale/habits.ts';
import { toCommand } from '../sale/sale.ts';
import type { Sized } from '../sizes.ts';

const GIB = 2 ** 30;

/** Returns what happens in a simulated sale, as Markdown. */
export function renderSale({ sale, result }: Sized): string {
  const { pace, outcomes, soldOutAfter, lobby, series } = result;
  const seats = sale.events * sale.seatsPerEvent;
  const attempts = series.sum('holds');
  const taken = series.sum('taken');
  const ends = series.sum('ends');
  const admitted = series.sum('admissions');
  const share = (people: number) => `${whole(people)} (${short((people / sale.arrivals) * 100)} %)`;
  const sold = soldOutAfter
    ? `The first event is sold out ${formatMinutes(soldOutAfter.first)} after the sale began, the last one after ${formatMinutes(soldOutAfter.last)}.`
    : 'Some seats are left.';
  return [
    `${whole(sale.arrivals)} people arrive for ${whole(sale.events)} event(s) with ${whole(sale.seatsPerEvent)} seats each: ${short(sale.arrivals / (seats / seatsPerBooking))} people for each booking. (\`${toCommand(sale)}\`)`,
    `Each waiting room calls ${whole(pace.perMinute)} people per minute, limited by ${pace.by}; the lane and PostgreSQL could take ${whole(pace.possible)}. ${sold}`,
    table(
      ['people', 'number'],
      [
        ['bought', share(outcomes.bought)],
        ['held and gave back', share(outcomes.released)],
        ['held and let it expire', share(outcomes.expired)],
        ['admitted, but got no seats', share(outcomes.gaveUp)],
        ['called after they had left', share(outcomes.absent)],
        ['not called before everything was sold', share(outcomes.notCalled)],
        ['arrived when everything was sold', share(outcomes.tooLate)],
      ],
    ),
    `${whole(attempts)} attempts to hold seats, of which ${whole(taken)} succeeded, and ${whole(ends)} ends of holds: ${short((attempts + ends) / admitted)} commands per admitted buyer. The draw numbers ${whole(lobby.all)} people, ${whole(lobby.largest)} of one event.`,
  ].join('\n\n');
}

/** Returns what a sale needs, as Markdown: built, and with the design of docs/scaling.md that is not built. */
export function renderPlan({ plan, edge, sale, result, diskBytes }: Sized): string {
  const percent = `${Math.round(sale.utilization * 100)} %`;
  const row = (name: string, read: (plan: Plan) => string, because: string) => [
    name,
    read(plan),
    read(edge),
    because,
  ];
  const { busiestApi, busiest } = plan;
  return table(
    ['needs', 'built', 'with an edge', 'because (built)'],
    [
      row('sockets', ({ sockets }) => whole(sockets.value), `at ${formatTime(plan.sockets.time)}`),
      row('API cores, busy', ({ apiCores }) => short(apiCores.value), listCauses(busiestApi)),
      row(
        'API processes, a core each',
        ({ processes }) => whole(processes),
        `${whole(plan.socketProcesses)} of them for sockets alone; cores planned at ${percent}`,
      ),
      row('API memory', ({ apiBytes }) => `${short(apiBytes / GIB)} GiB`, 'with the sockets in the kernel'),
      row(
        'bandwidth of the origin',
        ({ outBytes }) => `${short(toGigabits(outBytes.value))} Gbit/s`,
        `${short(busiest.frames)} messages/s of ${whole(busiest.frameBytes)} B to each live map at ${formatTime(busiest.time)}`,
      ),
      row(
        'requests to a CDN',
        ({ cdnRequests }) => (cdnRequests === 0 ? '–' : `${short(cdnRequests / 1e6)} M/s`),
        `with an edge: one per waiting person and ${STATUS_SECONDS} s`,
      ),
      row(
        'balancers',
        ({ balancers }) => whole(balancers),
        `connections as configured, and ${sale.gigabits} Gbit/s each, planned at ${percent}`,
      ),
      row(
        'balancer cores, busy',
        ({ balancerCores }) => short(balancerCores.value),
        `with TLS, at ${formatTime(plan.balancerCores.time)}`,
      ),
      row(
        'balancer memory',
        ({ balancerBytes }) => `${short(balancerBytes / GIB)} GiB`,
        'with the sockets in the kernel',
      ),
      row(
        'PostgreSQL cores, busy',
        ({ postgresCores }) => short(postgresCores.value),
        `at ${formatTime(plan.postgresCores.time)}; polls of each process included`,
      ),
      row(
        'PostgreSQL connections',
        ({ postgresConnections }) => whole(postgresConnections),
        'all pools full, two workers',
      ),
      row('write-ahead log', ({ walBytes }) => `${short(walBytes.value / 1e6)} MB/s`, 'also to each standby'),
      row(
        'disk for rows',
        () => `${short(diskBytes / GIB)} GiB`,
        `${whole(result.series.sum('taken'))} holds and ${whole(sale.events * sale.seatsPerEvent)} seats, as long as they are kept`,
      ),
      row(
        'Redis cores, busy',
        ({ redisCores }) => short(redisCores.value),
        `at ${formatTime(plan.redisCores.time)}; ${short(busiest.messages)} messages/s to each process at ${formatTime(busiest.time)}`,
      ),
      row('Redis masters', ({ redisMasters }) => whole(redisMasters), `a core each, planned at ${percent}`),
      row(
        'Redis traffic',
        ({ redisBytes }) => `${short(toGigabits(redisBytes))} Gbit/s`,
        'messages to API processes',
      ),
      row(
        'commands of one event',
        ({ busiestEvent }) => `${short(busiestEvent.value)}/s`,
        `at ${formatTime(plan.busiestEvent.time)}`,
      ),
      row(
        'p95 of a command',
        () => `${short(result.slowestP95Ms)} ms`,
        'queue and batches of the busiest event, without the network',
      ),
    ],
  );
}

/** Returns how many of each resource a sale needs, as Markdown. */
export function renderLimits({ limits }: Sized): string {
  return table(
    ['resource', 'needed', 'beyond one of them'],
    limits.map(({ name, needed, remedy }) => [name, short(needed), remedy]),
  );
}

/** Formats a time of a sale, such as `12:20 after`. */
function formatTime(time: number): string {
  const [minutes, seconds] = [Math.floor(Math.abs(time) / 60), Math.abs(time) % 60];
  return `${minutes}:${String(seconds).padStart(2, '0')} min ${time < 0 ? 'before' : 'after'}`;
}

export function formatMinutes(seconds: number): string {
  return `${Math.round(seconds / 60)} min`;
}

function listCauses({ apiCores, time }: Usage): string {
  const { waiters, liveMaps, visits, draw, commands } = apiCores;
  return `${short(waiters)} waiting sockets, ${short(liveMaps)} live maps, ${short(visits)} visits, ${short(draw)} draw, ${short(commands)} commands, at ${formatTime(time)}`;
}

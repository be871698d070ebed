import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { printReport } from '../../../src/booking/audit/print-report.ts';
import { waitUntil } from '../../../scripts/local/processes.ts';
import type { Proof } from '../../../scripts/draw/recompute-draw.ts';
import { readLobbyEntries } from '../../../src/waiting-room/rooms/rooms.sql.ts';
import type { Plan } from '../../k6/lib/plan-format.ts';
import { listK6Addresses, post } from '../post.ts';
import type { RunReport } from '../report/report.ts';
import type { Samples } from '../report/samples.ts';
import { judge } from '../report/verdict.ts';
import { runK6, type K6Run } from '../run-k6.ts';
import {
  createProgress,
  describeMachine,
  listCounters,
  sortByName,
  type RunOptions,
} from '../run-scenario.ts';
import type { SaleSize, Size } from '../scenarios.ts';
import { startServers, type Servers } from '../target/own-system.ts';
import type { SaleEvent } from '../target/target.ts';
import { UsageMeter } from '../usage-meter.ts';
import { checkDraw, readBuyerId } from './check-draw.ts';
import { Crowd } from './crowd.ts';
import type { CrowdReport } from './crowd-process.ts';
import { EventLoopLag } from './event-loop-lag.ts';
import { Handover } from './handover.ts';
import { judgeOnsale, type Facts } from './judge-onsale.ts';
import { assignVirtualUsers, kindOf } from './people.ts';
import { countAvailable, createSale, waitForLobby } from './sale-event.ts';
import {
  countEarlyAdmissions,
  listSeconds,
  measureWaits,
  readBookings,
  sum,
  sumByKind,
} from './sale-results.ts';

const PROOF = `query ($id: ID!) { event(id: $id) { waitingRoomProof { commitment digest lobbySize seed joinIndex } } }`;
/** Time to start k6 and the processes of the crowd before the first arrival. */
const SET_UP_MS = 3_000;

interface Sale {
  readonly size: Size;
  readonly sale: SaleSize;
  readonly event: SaleEvent;
  readonly onSaleAt: number;
  readonly servers: Servers;
  readonly handover: Handover;
}

/** Simulates an on-sale on servers of its own, and checks who was admitted and what the sale has left. */
export async function runOnsale(options: Omit<RunOptions, 'target'>): Promise<RunReport> {
  const { run, print, k6 } = options;
  const { scenario, size } = run;
  const { sale } = size;
  if (sale === undefined) throw new Error(`${scenario.name} has no size of a sale`);
  print(`\n${scenario.name}: ${scenario.proves}`);
  await using servers = await startServers({ apiProcesses: sale.apiProcesses, antiProbing: 'on' });
  await using handover = await Handover.start();
  const urls = servers.apis.map(({ url }) => url ?? '');
  using crowd = await Crowd.start({
    urls,
    processes: sale.crowdProcesses,
    people: size.buyers,
    botShare: sale.botShare,
    onCalled: (called) => handover.add(called),
  });
  const startAt = Date.now() + SET_UP_MS;
  const onSaleAt = startAt + sale.lobbyShare * size.seconds * 1_000;
  const event = await createSale(servers.stored.db, sale, new Date(onSaleAt));
  await waitForLobby(servers.stored.db, event.number);
  print(`  ${size.buyers} people arrive within ${size.seconds} s for ${sale.seats} seats …`);

  const crowdProcesses = crowd.pids.map((pid, i) => ({ name: `waiters ${i + 1}`, pid }));
  using meter = new UsageMeter([...servers.processes, ...crowdProcesses]);
  using lag = await EventLoopLag.start(servers.apis.map(({ metricsUrl }) => metricsUrl));
  const { eventId, arrivalSeconds, rejoinSeconds } = {
    eventId: event.id,
    arrivalSeconds: size.seconds,
    rejoinSeconds: sale.rejoinSeconds,
  };
  crowd.open({ eventId, startAt, arrivalSeconds, rejoinSeconds });
  const context: Sale = { size, sale, event, onSaleAt, servers, handover };
  const loaded = startBuyers(options, context);
  const soldOutAt = await Promise.race([
    waitForEnd(context),
    // k6 ends only after the sale; if it fails earlier, the run ends.
    loaded.then(() => null),
  ]);
  handover.end();
  const load = await loaded;
  await lag.look();
  const cpuSeconds = { k6: load.cpuSeconds, ...meter.readCpu() };
  print('  The sale has ended. Recomputing the draw and auditing …');
  const crowdReports = await crowd.finish();
  await servers.stored.settle(event.number, 'active');
  const audit = await servers.stored.audit();

  const facts = await collect(context, crowdReports, soldOutAt, meter.memoryMib, lag);
  const samples = mergeSamples(load.samples, crowdReports);
  const none = { sockets: 0, messages: 0, gaps: 0, resyncs: 0, closed: 0, wrongMaps: 0 };
  const checks = [
    ...judge({ summary: load.summary, watchers: none, bookings: null, audit, memoryMib: [] }),
    ...judgeOnsale(facts, crowdReports, options.latencyLimits),
  ];
  const { memoryMib } = meter;
  return {
    scenario: scenario.name,
    proves: scenario.proves,
    command: options.command,
    machine: describeMachine(),
    system: servers.description,
    k6: k6.version,
    size,
    seconds: load.seconds,
    requests: sortByName(samples),
    requestsBySecond: samples.bySecond(),
    lag: null,
    lagBySecond: [],
    watchers: { ...none, sockets: facts.report.socketsPeak, messages: facts.report.roomMessages },
    counters: listCounters(load.summary),
    cpuSeconds,
    memoryMib: { first: memoryMib[0] ?? 0, peak: Math.max(...memoryMib), last: memoryMib.at(-1) ?? 0 },
    checks,
    audit: printReport(audit),
    messages: load.messages,
    onsale: facts.report,
  };
}

/** Starts k6: virtual users that play those who are called. */
function startBuyers(
  { k6, folder, run, latencyLimits, print }: Omit<RunOptions, 'target'>,
  { size, sale, event, servers, handover }: Sale,
): Promise<K6Run> {
  const file = (name: string) => path.join(folder, `${run.scenario.name}-${name}.json`);
  const { kinds, addresses } = assignVirtualUsers(size.virtualUsers, listK6Addresses());
  const longest = Math.ceil(SET_UP_MS / 1_000 + size.seconds + sale.sellOutSeconds + sale.holdTtlMs / 250);
  const plan: Plan = {
    ...size,
    seconds: longest,
    baseUrl: servers.apis[0]?.url ?? '',
    eventId: event.id,
    eventNumber: event.number,
    seatCount: event.seatCount,
    freeSeats: event.seatCount,
    latencyLimits,
    handover: { url: handover.url, kinds, holdTtlSeconds: sale.holdTtlMs / 1_000 },
  };
  writeFileSync(file('plan'), JSON.stringify(plan));
  writeFileSync(file('none'), '[]');
  const files = { plan: file('plan'), tokens: file('none'), seats: file('none'), summary: file('summary') };
  const onProgress = createProgress((line) =>
    print(`${line}; ${handover.called.length} called, ${handover.visits.length} visits ended`),
  );
  return runK6({ k6, scenario: run.scenario.name, ...files, addresses, onProgress });
}

/** Resolves when every seat is booked, with the time; with null if the hall does not sell out. */
async function waitForEnd({ servers, event, onSaleAt, sale }: Sale): Promise<number | null> {
  const limitMs = onSaleAt + sale.sellOutSeconds * 1_000 - Date.now();
  const isSoldOut = async () => (await countAvailable(servers.stored.db, event.number)) === 0;
  return (await waitUntil(isSoldOut, limitMs)) ? Date.now() : null;
}

async function collect(
  { size, sale, event, onSaleAt, servers, handover }: Sale,
  crowd: readonly CrowdReport[],
  soldOutAt: number | null,
  memoryMib: readonly number[],
  { intervals }: EventLoopLag,
): Promise<Facts> {
  const { db } = servers.stored;
  const people = crowd.flatMap((report) => report.people);
  const answer = await post<{ event: { waitingRoomProof: Proof } }>(servers.apis[0]?.url ?? '', PROOF, {
    id: event.id,
  });
  const entries = Buffer.from((await readLobbyEntries(db, event.number)) ?? []);
  const draw = await checkDraw(answer.event.waitingRoomProof, event.number, entries, people);
  const arrivals = people.map(({ person, token }) => ({
    kind: kindOf(person, sale.botShare),
    buyer: readBuyerId(token),
  }));
  const rooms = crowd.flatMap((report) => report.rooms).toSorted((a, b) => a.at - b.at);
  const earlyClaims: Record<string, number> = {};
  for (const { earlyClaim } of people)
    if (earlyClaim !== null) earlyClaims[earlyClaim] = (earlyClaims[earlyClaim] ?? 0) + 1;
  const socketsPeak = sum(crowd.map((report) => report.socketsPeak));
  const growthKib = (Math.max(...memoryMib) - (memoryMib[0] ?? 0)) * 1_024;
  return {
    drawProblems: draw.problems,
    admissions: countEarlyAdmissions(handover, rooms),
    report: {
      people: size.buyers,
      seats: sale.seats,
      lobbySize: draw.lobbySize,
      lateArrivals: people.length - draw.lobbySize,
      numbersCompared: draw.compared,
      earlyClaims,
      kinds: sumByKind(arrivals, await readBookings(db, event.number), handover),
      waits: measureWaits(handover.called),
      soldOutAfterSeconds: soldOutAt === null ? null : (soldOutAt - onSaleAt) / 1_000,
      seconds: listSeconds(onSaleAt, handover.visits, rooms),
      socketsPeak,
      memoryPerSocketKib: growthKib / Math.max(1, socketsPeak / sale.apiProcesses),
      roomMessages: sum(crowd.map(({ messages }) => messages)),
      eventLoop: intervals,
    },
  };
}

/** Adds the requests of those who arrive to those of k6. */
function mergeSamples(samples: Samples, crowd: readonly CrowdReport[]): Samples {
  for (const { requests } of crowd)
    for (const { name, at, tookMs } of requests) samples.add(name, at, tookMs);
  return samples;
}

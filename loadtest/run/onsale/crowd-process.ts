import { addressOf, kindOf } from './people.ts';
import { Waiter, type Called, type RoomUpdate } from './waiter.ts';

/*
 * Some of the people of an on-sale, as a child process: crowd-process.ts URLS FIRST STEP PEOPLE BOT-SHARE. It plays the people FIRST,
 * FIRST + STEP, … below PEOPLE. The parent starts the arrivals and ends the waiting.
 */

export interface Start {
  readonly eventId: string;
  /** Time of the first arrival in milliseconds since 1970. */
  readonly startAt: number;
  readonly arrivalSeconds: number;
  readonly rejoinSeconds: number;
}

/** What became of the people of a process. */
export interface CrowdReport {
  readonly people: readonly PersonReport[];
  readonly messages: number;
  /** Sockets that were open at the same time. */
  readonly socketsPeak: number;
  /** Resellers who got no session, because their network had started too many. */
  readonly turnedAway: number;
  /** Other refusals and failures by what they were. */
  readonly failures: Readonly<Record<string, number>>;
  readonly requests: readonly { readonly name: string; readonly at: number; readonly tookMs: number }[];
  /** Each change of the room. */
  readonly rooms: readonly (RoomUpdate & { readonly at: number })[];
}

export interface PersonReport {
  readonly person: number;
  readonly token: string;
  readonly number: number | null;
  readonly earlyClaim: string | null;
}

export type FromCrowd = 'ready' | { readonly called: Called } | { readonly report: CrowdReport };

const [urls = '', first = '0', step = '1', people = '0', botShare = '0'] = process.argv.slice(2);
const origins = urls.split(',');

const waiters: Waiter[] = [];
const requests: { name: string; at: number; tookMs: number }[] = [];
const rooms: (RoomUpdate & { at: number })[] = [];
const failures = new Map<string, number>();
let turnedAway = 0;
let messages = 0;
let waiting = 0;
let socketsPeak = 0;

const send = (message: FromCrowd) => process.send?.(message);
const fail = (what: string) => void failures.set(what, (failures.get(what) ?? 0) + 1);

function noteRoom(room: RoomUpdate): void {
  messages++;
  const known = rooms.at(-1);
  // The two servers may show a room up to a second apart.
  if (known !== undefined && known.nowServing >= room.nowServing && known.state === room.state) return;
  rooms.push({ ...room, at: Date.now() });
}

function createWaiter(person: number, { eventId, rejoinSeconds }: Start): Waiter {
  const url = origins[person % origins.length] ?? '';
  const kind = kindOf(person, Number(botShare));
  return new Waiter(person, kind, addressOf(person, kind, url), {
    url,
    eventId,
    rejoinSeconds,
    onCalled: (called) => {
      waiting--;
      send({ called });
    },
    onRoom: noteRoom,
    onTook: (name, at, tookMs) => void requests.push({ name, at, tookMs }),
    onFailure: fail,
  });
}

/** Lets people arrive at their times, whether or not earlier ones have been answered. */
function startArrivals(start: Start): void {
  const total = Number(people);
  const arrive = (person: number): void => {
    if (person >= total) return;
    const at = start.startAt + (person / total) * start.arrivalSeconds * 1_000;
    setTimeout(
      () => {
        arrive(person + Number(step));
        const waiter = createWaiter(person, start);
        waiters.push(waiter);
        waiting++;
        waiter.arrive().then(
          () => (socketsPeak = Math.max(socketsPeak, waiting)),
          (error: unknown) => {
            const what = String(error);
            if (waiter.kind === 'reseller' && waiter.token === '' && what.includes('"RATE_LIMITED"'))
              turnedAway++;
            else fail(what.slice(0, 200));
          },
        );
      },
      Math.max(0, at - Date.now()),
    );
  };
  arrive(Number(first));
}

process.on('message', (message: Start | 'finish') => {
  if (message !== 'finish') return startArrivals(message);
  for (const waiter of waiters) waiter.leave();
  const list = waiters.map(({ person, token, number, earlyClaim }) => ({
    person,
    token,
    number,
    earlyClaim,
  }));
  send({
    report: {
      people: list,
      messages,
      socketsPeak,
      turnedAway,
      failures: Object.fromEntries(failures),
      requests,
      rooms,
    },
  });
});
process.on('disconnect', () => process.exit(0));
send('ready');

import { commitTo } from '../../../waiting-room/draw/lobby.ts';
import type { RoomView } from '../../../waiting-room/rooms/room-directory.ts';
import type { Room } from '../../../waiting-room/rules/room.ts';
import type { PlaceView } from '../../../waiting-room/waiting-rooms.ts';
import { builder } from '../builder.ts';
import { Event } from '../event.ts';

export const WaitingRoomMode = builder.enumType('WaitingRoomMode', {
  description: 'When a waiting room is on.',
  values: {
    OFF: { description: 'Never: seats can be held without an admission.' },
    ON: { description: 'Always: a lobby before the sale, and a queue from then on.' },
    AUTOMATIC: {
      description:
        'While holds are slow or refused. It turns off when the pressure is gone and nobody waits. It has no lobby.',
    },
  } as const,
});

const WaitingRoomState = builder.enumType('WaitingRoomState', {
  description: 'What a waiting room does at present.',
  values: {
    OFF: { description: 'Seats can be held without an admission.' },
    LOBBY: {
      description: 'The sale has not begun. Buyers can join; their numbers are drawn when it begins.',
    },
    OPEN: { description: 'Numbers are called in order.' },
    PAUSED: { description: 'No numbers are called. Admitted buyers can go on.' },
    DRAINING: {
      description: 'Numbers are called, but nobody new can join. The room turns off when nobody waits.',
    },
  } as const,
});

export const RedisAwayPolicy = builder.enumType('RedisAwayPolicy', {
  description: 'What a waiting room does while Redis is unreachable.',
  values: {
    OPEN: { description: 'Each server process admits buyers at the pace of the room, without a queue.' },
    CLOSED: { description: 'Nobody joins or is admitted: BusyError. Buyers who are admitted already go on.' },
  } as const,
});

const Chance = builder.enumType('Chance', {
  description: 'The chance of getting seats.',
  values: {
    GOOD: { description: 'Enough seats are left for the people ahead and for this buyer.' },
    LOW: { description: 'The people ahead will probably take all seats.' },
    NONE: { description: 'No seat is available, and none is held that might come back.' },
  } as const,
});

export const WaitingRoom = builder.objectRef<RoomView>('WaitingRoom').implement({
  // The other members of its result unions are errors.
  isTypeOf: (value) => !(value instanceof Error),
  description: 'The waiting room of an event, as everyone sees it. At most two seconds old.',
  fields: (t) => ({
    mode: t.expose('mode', { type: WaitingRoomMode, description: 'When the room is on.' }),
    state: t.expose('state', { type: WaitingRoomState, description: 'What the room does at present.' }),
    nowServing: t.exposeInt('nowServing', {
      description: 'Places up to this number are admitted. It never decreases.',
    }),
    waiting: t.exposeInt('waiting', { description: 'The number of places that have not been called.' }),
    inside: t.exposeInt('inside', {
      description: 'The number of slots in use: admitted buyers, and numbers called within the last minute.',
    }),
    pacePerMinute: t.exposeInt('pacePerMinute', {
      description: 'The maximum number of people admitted per minute.',
    }),
    insideMax: t.exposeInt('insideMax', { description: 'The maximum number of slots.' }),
    redisAway: t.expose('redisAway', {
      type: RedisAwayPolicy,
      description: 'What the room does while Redis is unreachable.',
    }),
    lobbyOpensAt: t.expose('lobbyOpensAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Time from which buyers can join. Null if the room has no lobby.',
    }),
    opensAt: t.expose('opensAt', {
      type: 'DateTime',
      nullable: true,
      description: "Time from which numbers are called: the event's `onSaleAt`. Null if the room is off.",
    }),
  }),
});

const WaitingRoomProof = builder.objectRef<Room>('WaitingRoomProof').implement({
  description:
    'What is needed to recompute the draw of a lobby. The permutation has the key HMAC-SHA-256(seed, digest). All values are hexadecimal.',
  fields: (t) => ({
    commitment: t.string({
      description: 'SHA-256 of the seed, published when the lobby opens.',
      resolve: ({ seed }) => (seed === null ? '' : commitTo(seed).toString('hex')),
    }),
    digest: t.string({
      nullable: true,
      description:
        "The hash chain over the lobby's join indexes and hashed buyer IDs, published when the sale begins.",
      resolve: ({ digest }) => digest?.toString('hex') ?? null,
    }),
    lobbySize: t.int({
      nullable: true,
      description: 'The highest join index of the lobby. Null before the sale begins.',
      resolve: ({ lobbySize }) => lobbySize,
    }),
    seed: t.string({
      nullable: true,
      description: 'The seed, published after the digest.',
      // guard: seed-secret-until-revealed
      resolve: ({ seed, isRevealed }) => (isRevealed ? (seed?.toString('hex') ?? null) : null),
    }),
    joinIndex: t.int({
      nullable: true,
      description: "The caller's own join index. Null if the caller has no place.",
      resolve: ({ eventId }, _args, { viewer, waitingRooms }) =>
        viewer === null ? null : waitingRooms.findJoinIndex(eventId, viewer.userId),
    }),
  }),
});

builder.prismaObjectFields(Event, (t) => ({
  waitingRoom: t.loadable({
    type: WaitingRoom,
    description: 'The waiting room of the event.',
    loaderOptions: { cache: false },
    load: async (eventIds: number[], { waitingRooms: { directory } }) => {
      const rooms = await directory.getMany(eventIds);
      return eventIds.map((id) => {
        const room = rooms.get(id);
        return room === undefined ? new Error(`event ${id} does not exist`) : directory.toView(room);
      });
    },
    resolve: ({ id }) => id,
  }),
  waitingRoomProof: t.loadable({
    type: WaitingRoomProof,
    nullable: true,
    description: 'The proof of the draw. Null before the lobby opens, and if the room had no lobby.',
    loaderOptions: { cache: false },
    load: async (eventIds: number[], { waitingRooms: { directory } }) => {
      const rooms = await directory.getMany(eventIds);
      return eventIds.map((id) => {
        const room = rooms.get(id);
        return room === undefined || room.seed === null ? null : room;
      });
    },
    resolve: ({ id }) => id,
  }),
}));

export const WaitingRoomPlace = builder.objectRef<PlaceView>('WaitingRoomPlace').implement({
  // The other members of its result unions are errors.
  isTypeOf: (value) => !(value instanceof Error),
  description: "A buyer's place in a waiting room.",
  fields: (t) => ({
    token: t.exposeString('token', {
      description:
        'The place token. Keep it: it proves the place, and takes it back if the server has lost it. It is useless to other buyers.',
    }),
    number: t.exposeInt('number', {
      nullable: true,
      description:
        "The place's number. It is up when it is at most `WaitingRoom.nowServing`. Null in the lobby, before the draw; 0 if the room is off.",
    }),
    ahead: t.exposeInt('ahead', {
      nullable: true,
      description: 'The number of places ahead that have not been called. Null in the lobby.',
    }),
    estimatedWaitSeconds: t.exposeInt('estimatedWaitSeconds', {
      nullable: true,
      description: 'The estimated wait at the measured pace. Null in the lobby and while the room is paused.',
    }),
    chance: t.expose('chance', { type: Chance, description: 'The chance of getting seats.' }),
  }),
});

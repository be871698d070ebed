import type { AdmissionRevoked } from '../messaging/messages.ts';
import type { Publisher } from '../messaging/publisher.ts';
import { BusyError, InvalidInputError, AdmissionRequiredError } from '../platform/errors.ts';
import type { DatabaseClock } from '../platform/database/clock.ts';
import type { PrismaClient } from '../platform/database/db.ts';
import type { Logger } from '../platform/observability/logger.ts';
import type { Writes } from '../platform/service/service-monitor.ts';
import type { ReservedIndexes, RoomStore, Shortage } from './redis/room-store.ts';
import { EarlyRefusals, type HoldToAdmit } from './early-refusals.ts';
import { LocalPace } from './local-pace.ts';
import { JoinIndexes } from './rooms/join-indexes.ts';
import type { RoomDirectory } from './rooms/room-directory.ts';
import { isRevoked } from './rooms/rooms.sql.ts';
import { estimateChance, estimateWaitSeconds, type Chance } from './rules/admission-control.ts';
import { getPlaceNumber, getRoomState, type Room } from './rules/room.ts';
import type { Place, RoomTokens } from './tokens.ts';

/** Reservations for one buyer, while others take what was reserved. */
const RESERVATIONS_MAX = 5;
/** A draining room turns off when nobody waits any more. */
const DRAINING_RETRY_SECONDS = 30;

/** A buyer's place, as it stands now. */
export interface PlaceView {
  readonly token: string;
  /** Null in the lobby; 0 if the room is off. */
  readonly number: number | null;
  readonly ahead: number | null;
  readonly estimatedWaitSeconds: number | null;
  readonly chance: Chance;
}

export interface WaitingRoomsOptions {
  readonly db: PrismaClient;
  readonly store: RoomStore;
  readonly directory: RoomDirectory;
  readonly tokens: RoomTokens;
  readonly clock: Pick<DatabaseClock, 'nowMs'>;
  readonly publisher: RevocationPublisher;
  /** Absent: writes are always on. */
  readonly writes?: Pick<Writes, 'areOn' | 'refusal'>;
  readonly logger: Logger;
}

type RevocationPublisher = Pick<Publisher, 'publishAdmissionRevoked'>;

/** What buyers do with waiting rooms: join, claim, leave. */
export class WaitingRooms {
  readonly directory: RoomDirectory;
  readonly store: RoomStore;
  readonly #db: PrismaClient;
  readonly #tokens: RoomTokens;
  readonly #clock: Pick<DatabaseClock, 'nowMs'>;
  readonly #publisher: RevocationPublisher;
  readonly #writes: WaitingRoomsOptions['writes'];
  readonly #logger: Logger;
  readonly #refusals: EarlyRefusals;
  /** Admissions while Redis is away. */
  readonly #localPace = new LocalPace();
  readonly #indexes: JoinIndexes;
  /** Joins in progress. */
  #joining = 0;

  constructor({ db, store, directory, tokens, clock, publisher, writes, logger }: WaitingRoomsOptions) {
    this.#writes = writes;
    this.directory = directory;
    this.store = store;
    this.#db = db;
    this.#tokens = tokens;
    this.#clock = clock;
    this.#publisher = publisher;
    this.#logger = logger;
    this.#refusals = new EarlyRefusals(db, logger);
    this.#indexes = new JoinIndexes(db, logger);
  }

  /**
   * Gives the buyer a place, the same one each time. The event must be on sale, and its lobby open.
   *
   * @throws {InvalidInputError} for a token that is forged, or of another buyer or event.
   * @throws {BusyError} if the room is draining, or if Redis is away and the room's policy is CLOSED.
   */
  async join(room: Room, buyerId: string, placeToken: string | null): Promise<PlaceView> {
    const { eventId } = room;
    const recovered = placeToken === null ? null : this.#requirePlace(placeToken, buyerId, eventId);
    if (!room.isOn) return this.#toPlaceView(room, { eventId, buyerId, joinIndex: 0 });
    const known = recovered === null || recovered.joinIndex === 0 ? null : recovered.joinIndex;
    try {
      return this.#toPlaceView(room, {
        eventId,
        buyerId,
        joinIndex: await this.#takePlace(room, buyerId, known),
      });
    } catch (error) {
      if (error instanceof BusyError) throw error;
      this.#logger.debug({ err: error, eventId }, 'joined without Redis');
      if (known !== null) return this.#toPlaceView(room, { eventId, buyerId, joinIndex: known });
      if (room.redisAway === 'CLOSED') throw new BusyError(); // guard: redis-away-closed-join
      return { ...this.#toPlaceView(room, { eventId, buyerId, joinIndex: 0 }), number: 0, ahead: 0 };
    }
  }

  /**
   * Returns whether the token is a place in the queue. One that was given while the room was off is not.
   *
   * @throws {InvalidInputError} for a token that is forged, or of another buyer or event.
   */
  hasPlace(placeToken: string | null, buyerId: string, eventId: number): boolean {
    // guard: place-in-queue
    return placeToken !== null && this.#requirePlace(placeToken, buyerId, eventId).joinIndex > 0;
  }

  async #takePlace(room: Room, buyerId: string, recovered: number | null): Promise<number> {
    const { eventId, saleEndsAtMs } = room;
    const admitsNew = getRoomState(room, this.#clock.nowMs()) !== 'DRAINING';
    let reserved: ReservedIndexes | null = null;
    this.#joining++;
    try {
      for (let attempt = 0; ; attempt++) {
        const taken = await this.store.takePlace(eventId, {
          buyerId,
          recovered,
          admitsNew,
          saleEndsAtMs,
          reserved,
        });
        if (taken.kind === 'place') return taken.joinIndex;
        if (taken.kind === 'closed') throw BusyError.retryAfter(DRAINING_RETRY_SECONDS);
        if (attempt === RESERVATIONS_MAX) throw new BusyError();
        reserved = await this.#reserve(eventId, taken, attempt);
      }
    } finally {
      this.#joining--;
    }
  }

  #reserve(eventId: number, shortage: Shortage, attempt: number): Promise<ReservedIndexes> {
    if (this.#writes?.areOn === false) throw BusyError.retryAfter(this.#writes.refusal().retryAfterSeconds); // guard: join-refused-while-read-only
    return this.#indexes.reserve(eventId, shortage, { joining: this.#joining, attempt });
  }

  /**
   * Trades a place whose number is up for an admission, or renews the admission of a buyer who is inside.
   *
   * @throws {InvalidInputError} for a token that is forged, or of another buyer.
   * @throws {AdmissionRequiredError} if the number is not up, no slot is free, or the admission was revoked.
   * @throws {BusyError} if Redis is away and the room's policy is CLOSED, or the pace of OPEN is used up.
   */
  async claim(buyerId: string, placeToken: string) {
    const place = this.#requirePlace(placeToken, buyerId, null);
    const room = await this.directory.get(place.eventId);
    if (room === null) throw invalidPlace('is not a place of an existing event');
    const nowMs = this.#clock.nowMs();
    if (!room.isOn) return this.#tokens.issueAdmission(place, nowMs);
    if (await isRevoked(this.#db, room.eventId, buyerId)) throw new AdmissionRequiredError(); // guard: revoked-claims-nothing
    const number = getPlaceNumber(room, place.joinIndex, nowMs);
    // guard: claim-number-is-up
    if (number === null || number > room.nowServing) throw new AdmissionRequiredError();
    if (!(await this.#enter(room, buyerId, number))) throw new AdmissionRequiredError();
    return this.#tokens.issueAdmission(place, nowMs);
  }

  /** Returns false if no slot is free. */
  async #enter(room: Room, buyerId: string, number: number): Promise<boolean> {
    const { eventId, insideMax, pacePerMinute } = room;
    const nowMs = this.#clock.nowMs();
    try {
      if (number > 0) return await this.store.claimSlot(eventId, { buyerId, number, nowMs, insideMax });
      // The place was given while the room was off or Redis away. Now the buyer joins the others.
      await this.store.findPlace(eventId, buyerId);
      return false; // guard: no-number-no-slot
    } catch (error) {
      this.#logger.debug({ err: error, eventId }, 'claimed without Redis');
      if (room.redisAway === 'CLOSED') throw new BusyError(); // guard: redis-away-closed-claim
      if (!this.#localPace.take(eventId, pacePerMinute, nowMs)) throw new BusyError(); // guard: redis-away-pace
      return true;
    }
  }

  /** Gives the buyer's place and slot back. */
  async leave(room: Room, buyerId: string): Promise<void> {
    const { eventId } = room;
    if (room.mode === 'OFF') return;
    try {
      const joinIndex = await this.store.findPlace(eventId, buyerId);
      const number = joinIndex === null ? null : getPlaceNumber(room, joinIndex, this.#clock.nowMs());
      await this.store.leave(eventId, buyerId, number);
    } catch (error) {
      this.#logger.debug({ err: error, eventId }, 'left without Redis');
    }
  }

  /** Returns the buyer's join index; null if the buyer has no place, or if Redis is away. */
  async findJoinIndex(eventId: number, buyerId: string): Promise<number | null> {
    try {
      return await this.store.findPlace(eventId, buyerId);
    } catch {
      return null;
    }
  }

  /** Returns whether an admission token is valid for a buyer. Needs neither Redis nor PostgreSQL. */
  isAdmitted(token: string | null | undefined, eventId: number, buyerId: string): boolean {
    return token != null && this.#tokens.isAdmitted(token, { eventId, buyerId }, this.#clock.nowMs());
  }

  /**
   * Like `isAdmitted`, but refuses the hold at once if its batch would. Needs no Redis.
   *
   * @throws {AdmissionRequiredError}
   */
  async requireAdmission(token: string | null | undefined, hold: HoldToAdmit): Promise<boolean> {
    const isAdmitted = this.isAdmitted(token, hold.eventId, hold.buyerId);
    if (this.directory.active.get(hold.eventId)?.isOn !== true) return isAdmitted;
    if (await this.#refusals.isRefused(hold, isAdmitted)) throw new AdmissionRequiredError(); // guard: early-refusal
    return isAdmitted;
  }

  /** Tells all API processes that a buyer's admission was revoked. Never rejects. */
  async announceRevocation(eventId: number, buyerId: string): Promise<void> {
    this.dropAdmission({ eventId, buyerId });
    await this.#publisher.publishAdmissionRevoked({ eventId, buyerId });
  }

  /** Drops the admission of a buyer. Holds with it are refused once the database confirms that it was revoked. */
  dropAdmission({ eventId, buyerId }: AdmissionRevoked): void {
    this.#refusals.noteRevocation(eventId, buyerId);
  }

  /** Keeps the slot of a buyer who has held seats or requested to, in the background. */
  noteHold(eventId: number, buyerId: string, holdExpiresAtMs: number): void {
    this.#inBackground(eventId, () => this.store.keepSlots(eventId, [{ buyerId, holdExpiresAtMs }]));
  }

  /** Frees the slot of a buyer who has bought, in the background. */
  notePurchase(eventId: number, buyerId: string): void {
    this.#inBackground(eventId, () => this.store.freeSlot(eventId, buyerId));
  }

  /** Frees the slot of a buyer. Never rejects: without Redis, the slot ends by itself. */
  async freeSlot(eventId: number, buyerId: string): Promise<void> {
    try {
      await this.store.freeSlot(eventId, buyerId);
    } catch (error) {
      this.#logger.debug({ err: error, eventId }, 'a slot was not freed');
    }
  }

  #inBackground(eventId: number, work: () => Promise<void>): void {
    if (this.directory.active.get(eventId)?.isOn !== true) return;
    work().catch((error: unknown) => this.#logger.debug({ err: error, eventId }, 'a slot was not updated'));
  }

  #requirePlace(token: string, buyerId: string, eventId: number | null): Place {
    const place = this.#tokens.verifyPlace(token);
    if (place === null) throw invalidPlace('is not a place token of this server');
    if (place.buyerId !== buyerId) throw invalidPlace('belongs to another buyer'); // guard: place-bound-to-buyer
    if (eventId !== null && place.eventId !== eventId) throw invalidPlace('is a place of another event'); // guard: place-bound-to-event
    return place;
  }

  #toPlaceView(room: Room, place: Place): PlaceView {
    const nowMs = this.#clock.nowMs();
    const token = this.#tokens.issuePlace(place);
    const number = getPlaceNumber(room, place.joinIndex, nowMs);
    const ahead = number === null ? null : Math.max(0, number - room.nowServing - 1);
    const isMoving = getRoomState(room, nowMs) !== 'PAUSED';
    return {
      token,
      number,
      ahead,
      estimatedWaitSeconds:
        ahead === null ? null : estimateWaitSeconds(ahead, !isMoving, room.pacePerMinute, room.control),
      chance: estimateChance(ahead ?? room.waiting / 2, room.seats),
    };
  }
}

function invalidPlace(what: string): InvalidInputError {
  return new InvalidInputError('placeToken', `placeToken ${what}. Join the waiting room again.`);
}

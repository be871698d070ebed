import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { bytesToUuid, uuidToBytes } from './uuid-bytes.ts';

/** Time for which an admission token is valid. Claiming again renews it. */
export const ADMISSION_TTL_MS = 120_000;

const KINDS = { place: 1, admission: 2 } as const;
/** Kind, event, join index, expiry in ms (0: never), buyer. */
const PAYLOAD_BYTES = 1 + 4 + 4 + 8 + 16;
const MAC_BYTES = 32;
/** Both kinds of token have exactly this length in base64url. */
const TOKEN_LENGTH = Math.ceil(((PAYLOAD_BYTES + MAC_BYTES) * 4) / 3);

interface Bearer {
  readonly eventId: number;
  readonly buyerId: string;
}

export interface Place extends Bearer {
  /** 0 for a place in a room that was off. */
  readonly joinIndex: number;
}

/**
 * Issues and verifies the tokens of waiting rooms. They are bound to buyer and event, signed with a key derived from the
 * server's secret, and verified without any look-up. A verification costs one HMAC, a tenth of that of a JWT: it is
 * part of every hold.
 */
export class RoomTokens {
  readonly #key: Buffer;

  constructor(secret: string) {
    this.#key = Buffer.from(hkdfSync('sha256', secret, '', 'sellout waiting room', 32));
  }

  /** Issues a place token, which is valid for as long as the event is on sale. */
  issuePlace(place: Place): string {
    return this.#sign('place', place, place.joinIndex, 0);
  }

  /** Returns the place; null for a token that this server did not issue as one. */
  verifyPlace(token: string): Place | null {
    return this.#verify('place', token);
  }

  issueAdmission(bearer: Bearer, nowMs: number): { readonly token: string; readonly expiresAt: Date } {
    const expiresAtMs = Math.floor(nowMs) + ADMISSION_TTL_MS;
    return { token: this.#sign('admission', bearer, 0, expiresAtMs), expiresAt: new Date(expiresAtMs) };
  }

  /** Returns whether the token admits the buyer to the event now. */
  isAdmitted(token: string, { eventId, buyerId }: Bearer, nowMs: number): boolean {
    const admission = this.#verify('admission', token);
    if (admission === null) return false;
    if (admission.eventId !== eventId) return false; // guard: admission-bound-to-event
    if (admission.buyerId !== buyerId) return false; // guard: admission-bound-to-buyer
    return nowMs < admission.expiresAtMs; // guard: admission-expiry
  }

  #sign(kind: keyof typeof KINDS, { eventId, buyerId }: Bearer, joinIndex: number, expiresAtMs: number) {
    const payload = Buffer.alloc(PAYLOAD_BYTES);
    payload.writeUInt8(KINDS[kind], 0);
    payload.writeUInt32BE(eventId, 1);
    payload.writeUInt32BE(joinIndex, 5);
    payload.writeBigUInt64BE(BigInt(expiresAtMs), 9);
    uuidToBytes(buyerId).copy(payload, 17);
    return Buffer.concat([payload, this.#mac(payload)]).toString('base64url');
  }

  #verify(kind: keyof typeof KINDS, token: string) {
    if (token.length !== TOKEN_LENGTH) return null;
    const bytes = Buffer.from(token, 'base64url');
    if (bytes.length !== PAYLOAD_BYTES + MAC_BYTES) return null;
    const payload = bytes.subarray(0, PAYLOAD_BYTES);
    const mac = bytes.subarray(PAYLOAD_BYTES);
    if (!timingSafeEqual(mac, this.#mac(payload))) return null; // guard: room-token-signature
    if (payload.readUInt8(0) !== KINDS[kind]) return null; // guard: room-token-kind
    return {
      eventId: payload.readUInt32BE(1),
      joinIndex: payload.readUInt32BE(5),
      expiresAtMs: Number(payload.readBigUInt64BE(9)),
      buyerId: bytesToUuid(payload.subarray(17)),
    };
  }

  #mac(payload: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(payload).digest();
  }
}

export type Role = 'BUYER' | 'ORGANIZER';

/** The authenticated caller. */
export interface Viewer {
  readonly userId: string;
  readonly role: Role;
  /** Expiry of the caller's token; absent if there is no token. */
  readonly expiresAtMs?: number;
  /** When the token was issued; absent if it does not say. */
  readonly issuedAtMs?: number;
  /** The ID of the token (`jti`); absent if it has none. */
  readonly tokenId?: string;
}

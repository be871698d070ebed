export type Role = 'BUYER' | 'ORGANIZER';

/** The authenticated caller. */
export interface Viewer {
  readonly userId: string;
  readonly role: Role;
  /** Expiry of the caller's token; absent if there is no token. */
  readonly expiresAtMs?: number;
}

export type Role = 'BUYER' | 'ORGANIZER';

/** Who is calling. */
export interface Viewer {
  readonly userId: string;
  readonly role: Role;
  /** When the token expires that the caller is known by; absent if there is none. */
  readonly expiresAtMs?: number;
}

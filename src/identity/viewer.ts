export type Role = 'BUYER' | 'ORGANIZER';

/** Who is calling. */
export interface Viewer {
  readonly userId: string;
  readonly role: Role;
}

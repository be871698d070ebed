import { Cache } from '../platform/cache.ts';
import { sql, type PrismaClient } from '../platform/database/db.ts';
import type { Role } from './viewer.ts';

export interface KnownUser {
  readonly id: string;
  readonly role: Role;
  readonly issuer: string;
  readonly subject: string;
}

/** Stores users on first sight, because events and venues refer to their rows. */
export class KnownUsers {
  readonly #db: PrismaClient;
  readonly #canWrite: () => boolean;
  /** Stored roles by user ID. */
  readonly #roles = new Cache<string, Role>({ entriesMax: 50_000 });

  constructor(db: PrismaClient, canWrite: () => boolean) {
    this.#db = db;
    this.#canWrite = canWrite;
  }

  /**
   * Stores a user, or the new role of a known one. While writes are off, does nothing and returns false: tokens are then good
   * for reads.
   */
  async store(user: KnownUser): Promise<boolean> {
    if (this.#roles.get(user.id) === user.role) return true;
    if (!this.#canWrite()) return false; // guard: users-unstored-while-read-only
    await this.#db.$executeRaw(sql`/* storeUser */
      INSERT INTO users (id, role, issuer, subject)
      VALUES (${user.id}::uuid, ${user.role}::user_role, ${user.issuer}, ${user.subject})
      ON CONFLICT (id) DO UPDATE SET role = excluded.role WHERE users.role <> excluded.role`);
    this.#roles.set(user.id, user.role);
    return true;
  }
}

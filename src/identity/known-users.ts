import { sql, type PrismaClient } from '../platform/database/db.ts';
import type { Role } from './viewer.ts';

const REMEMBERED_MAX = 50_000;

export interface KnownUser {
  readonly id: string;
  readonly role: Role;
  readonly issuer: string;
  readonly subject: string;
}

/** Writes each user down once: events and venues refer to the row. */
export class KnownUsers {
  readonly #db: PrismaClient;
  readonly #remembered = new Set<string>();

  constructor(db: PrismaClient) {
    this.#db = db;
  }

  /** A role that the token raised or took back is written too. */
  async remember(user: KnownUser): Promise<void> {
    const mark = `${user.id} ${user.role}`;
    if (this.#remembered.has(mark)) return;
    await this.#db.$executeRaw(sql`/* rememberUser */
      INSERT INTO users (id, role, issuer, subject)
      VALUES (${user.id}::uuid, ${user.role}::user_role, ${user.issuer}, ${user.subject})
      ON CONFLICT (id) DO UPDATE SET role = excluded.role WHERE users.role <> excluded.role`);
    this.#remembered.add(mark);
    const [oldest] = this.#remembered;
    if (this.#remembered.size > REMEMBERED_MAX && oldest !== undefined) this.#remembered.delete(oldest);
  }
}

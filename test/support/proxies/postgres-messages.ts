/**
 * Parses what a PostgreSQL client sends, as far as needed to recognize a COMMIT: a simple query or, as Prisma's adapter
 * sends it, the execution of a prepared statement.
 */
export class ClientMessages {
  #unread: Buffer = Buffer.alloc(0);
  #started = false;
  readonly #commitStatements = new Map<string, boolean>();
  readonly #commitPortals = new Map<string, boolean>();

  /** Whether something in the chunk makes the server commit. */
  push(chunk: Buffer): boolean {
    this.#unread = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk]);
    let commits = false;
    for (let message = this.#next(); message !== null; message = this.#next()) {
      commits = this.#read(message.type, message.body) || commits;
    }
    return commits;
  }

  #next(): { readonly type: string; readonly body: Buffer } | null {
    // The first message of a connection has no type.
    const typeBytes = this.#started ? 1 : 0;
    if (this.#unread.length < typeBytes + 4) return null;
    const end = typeBytes + this.#unread.readInt32BE(typeBytes);
    if (this.#unread.length < end) return null;
    const type = this.#started ? String.fromCharCode(this.#unread.readUInt8(0)) : '';
    const body = this.#unread.subarray(typeBytes + 4, end);
    this.#unread = this.#unread.subarray(end);
    this.#started = true;
    return { type, body };
  }

  #read(type: string, body: Buffer): boolean {
    const [first = '', second = ''] = 'PBEQ'.includes(type) ? body.toString('latin1').split('\0', 2) : [];
    if (type === 'P') this.#commitStatements.set(first, isCommit(second));
    if (type === 'B') this.#commitPortals.set(first, this.#commitStatements.get(second) ?? false);
    if (type === 'E') return this.#commitPortals.get(first) ?? false;
    return type === 'Q' && isCommit(first);
  }
}

function isCommit(statement: string): boolean {
  return /^\s*(COMMIT|END)\b/i.test(statement);
}

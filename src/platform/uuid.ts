import { randomFillSync } from 'node:crypto';

/** Prefetched random bytes: asking for sixteen at a time costs more than the rest of the ID. */
const randomBytes = Buffer.alloc(4_096);
let used = randomBytes.length;

/** Returns a UUID of version 7 (RFC 9562): a timestamp, so that IDs sort by creation time, then random bits. */
export function uuidV7(): string {
  if (used + 16 > randomBytes.length) {
    randomFillSync(randomBytes);
    used = 0;
  }
  const bytes = Buffer.from(randomBytes.subarray(used, used + 16));
  used += 16;
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

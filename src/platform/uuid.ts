import { randomFillSync } from 'node:crypto';

/** Random bytes in stock: asking for them sixteen at a time costs more than the rest of the id. */
const stock = Buffer.alloc(4_096);
let used = stock.length;

/** UUID version 7 (RFC 9562): sorts by the time it was made, and the rest is random. */
export function uuidV7(): string {
  if (used + 16 > stock.length) {
    randomFillSync(stock);
    used = 0;
  }
  const bytes = Buffer.from(stock.subarray(used, used + 16));
  used += 16;
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

import { isIP } from 'node:net';

/** Lengths of a prefix: of an IPv4 address in bytes, of an IPv6 address in groups of 16 bits. */
export interface PrefixLength {
  readonly v4Bytes: number;
  readonly v6Groups: number;
}

/**
 * Returns the network of an address in CIDR notation. The address must be in canonical form; other text is returned as
 * it is.
 */
export function toNetworkPrefix(address: string, { v4Bytes, v6Groups }: PrefixLength): string {
  const version = isIP(address);
  if (version === 4) {
    if (v4Bytes === 4) return address;
    const kept = address.split('.').slice(0, v4Bytes);
    return `${[...kept, ...Array<string>(4 - v4Bytes).fill('0')].join('.')}/${8 * v4Bytes}`;
  }
  if (version !== 6) return address;
  const [start = '', end = ''] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const [first, last] = [groups(start), groups(end)];
  const zeros = Array<string>(8 - first.length - last.length).fill('0');
  return `${[...first, ...zeros, ...last].slice(0, v6Groups).join(':')}::/${16 * v6Groups}`;
}

import { createHmac } from 'node:crypto';
import { Cache } from '../platform/cache.ts';
import { toNetworkPrefix } from '../platform/network/network-prefix.ts';

/** Smallest network that one client is assigned: an IPv4 address, or an IPv6 network of 64 bits. */
const ADDRESS = { v4Bytes: 4, v6Groups: 4 };
/** Smallest network that providers route: one customer can have several addresses in it. */
const NETWORK = { v4Bytes: 3, v6Groups: 3 };
const KEYS_KEPT_MAX = 20_000;
/** 16 bytes in base64url. */
const KEY_LENGTH = 22;

/** The keys under which the calls of a client are counted. */
export interface ClientKeys {
  readonly address: string;
  readonly network: string;
}

/**
 * Derives keys of fixed length from addresses and user IDs. Redis gets only keyed hashes: without the secret they cannot be
 * matched with addresses, and no client can choose the size or the content of a key.
 */
export class ClientKeyring {
  readonly #secret: string;
  readonly #ofAddress = new Cache<string, ClientKeys>({ entriesMax: KEYS_KEPT_MAX });
  readonly #ofBuyer = new Cache<string, string>({ entriesMax: KEYS_KEPT_MAX });

  constructor(secret: string) {
    this.#secret = secret;
  }

  getClient(address: string): ClientKeys {
    let keys = this.#ofAddress.get(address);
    if (keys === undefined) {
      keys = {
        address: this.#hash(`address ${toNetworkPrefix(address, ADDRESS)}`), // guard: limits-by-ipv6-network
        network: this.#hash(`network ${toNetworkPrefix(address, NETWORK)}`),
      };
      this.#ofAddress.set(address, keys);
    }
    return keys;
  }

  getBuyer(userId: string): string {
    let key = this.#ofBuyer.get(userId);
    if (key === undefined) {
      key = this.#hash(`buyer ${userId}`);
      this.#ofBuyer.set(userId, key);
    }
    return key;
  }

  #hash(text: string): string {
    // guard: hashed-limit-keys
    return createHmac('sha256', this.#secret).update(text).digest('base64url').slice(0, KEY_LENGTH);
  }
}

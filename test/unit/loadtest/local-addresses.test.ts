import { expect, it } from 'vitest';
import { listK6Addresses, localAddressFor } from '../../../loadtest/run/post.ts';

const networkOf = (address: string | undefined) => address?.split('.').slice(0, 3).join('.');

it('spreads the clients of a server on this machine over networks first, then over addresses', () => {
  const addresses = Array.from({ length: 20_000 }, (_, client) =>
    localAddressFor('http://localhost:4000', 3, client),
  );
  expect(addresses.slice(0, 2)).toEqual(['127.3.0.1', '127.3.1.1']);
  expect(new Set(addresses).size).toBe(20_000);
  expect(new Set(addresses.map(networkOf)).size).toBe(250);
});

it('gives k6 addresses of its own, of which consecutive ones are in different networks', () => {
  const addresses = listK6Addresses();
  expect(new Set(addresses).size).toBe(1_000);
  expect(new Set(addresses.slice(0, 250).map(networkOf)).size).toBe(250);
  expect(addresses.every((address) => /^127\.1\.\d+\.\d+$/.test(address))).toBe(true);
});

it('does not choose the address of clients of another machine', () => {
  expect(localAddressFor('https://tickets.example.com', 2, 7)).toBeUndefined();
});

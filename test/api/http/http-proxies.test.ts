import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveClientAddress, toAddressKey } from '../../../src/http/request-context.ts';
import { ConfigError, loadConfig } from '../../../src/platform/config/config.ts';
import { RawSocket, refusalOf, startHttp, type HttpFixture } from './http.fixture.ts';

const environment = {
  DATABASE_URL: 'postgres://localhost/x',
  REDIS_URL: 'redis://localhost',
  AUTH_SECRET: 'x'.repeat(32),
};
const proxiesOf = (text: string) => loadConfig({ ...environment, TRUSTED_PROXIES: text }).trustedProxies;

function addressOf(trusted: string, peer: string | undefined, forwarded?: string): string {
  const req = {
    socket: { remoteAddress: peer },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  };
  return resolveClientAddress(req as unknown as IncomingMessage, proxiesOf(trusted));
}

describe('the address of a client', () => {
  it.each([
    ['nobody is trusted', '', '10.0.0.1', '1.2.3.4', '10.0.0.1'],
    ['the peer is no proxy', '10.0.0.0/8', '9.9.9.9', '1.2.3.4', '9.9.9.9'],
    ['one proxy', '10.0.0.0/8', '10.0.0.1', '1.2.3.4', '1.2.3.4'],
    ['two proxies', '10.0.0.0/8,192.0.2.7', '192.0.2.7', '1.2.3.4, 10.3.3.3', '1.2.3.4'],
    ['what the client invented', '10.0.0.0/8', '10.0.0.1', '8.8.8.8, 10.0.0.9, 1.2.3.4', '1.2.3.4'],
    ['a proxy that tells of nobody', '10.0.0.0/8', '10.0.0.1', undefined, '10.0.0.1'],
    ['an empty header', '10.0.0.0/8', '10.0.0.1', '', '10.0.0.1'],
    ['garbage at the end', '10.0.0.0/8', '10.0.0.1', '1.2.3.4, unknown', '10.0.0.1'],
    ['garbage behind a proxy', '10.0.0.0/8', '10.0.0.1', "'; DROP, 10.0.0.2", '10.0.0.2'],
    ['proxies alone', '10.0.0.0/8', '10.0.0.1', '10.0.0.3,10.0.0.2', '10.0.0.3'],
    ['a port', '10.0.0.0/8', '10.0.0.1', '1.2.3.4:5678', '1.2.3.4'],
    ['IPv6', 'fd00::/8', 'fd00::1', '2001:DB8:0::1', '2001:db8::1'],
    ['IPv6 with a port', 'fd00::/8', 'fd00::1', '[2001:db8::1]:443', '2001:db8::1'],
    ['IPv4 within IPv6', '10.0.0.0/8', '::ffff:10.0.0.1', '::ffff:1.2.3.4', '1.2.3.4'],
    ['a scope', 'fe80::/10', 'fe80::1%eth0', '1.2.3.4', '1.2.3.4'],
    ['a connection that is gone', '10.0.0.0/8', undefined, '1.2.3.4', 'unknown'],
    ['a very long header', '10.0.0.0/8', '10.0.0.1', `${'1,'.repeat(8_000)}[`, '10.0.0.1'],
  ])('%s', (_name, trusted, peer, forwarded, address) => {
    expect(addressOf(trusted, peer, forwarded)).toBe(address);
  });

  it.each([
    'everybody',
    '10.0.0.0/33',
    '10.0.0.0/0',
    '::/0',
    '10.0.0/8',
    '10.0.0.0/8/8',
    'fe80::1%eth0',
    '1',
  ])('is not configured by %s', (text) => {
    expect(() => proxiesOf(text)).toThrow(ConfigError);
    expect(() => proxiesOf(text)).toThrow('TRUSTED_PROXIES: must be addresses or networks');
  });
});

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['unknown', 'unknown'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::', '2001:db8:1:2::/64'],
  ['2001:db8::6', '2001:db8:0:0::/64'],
  ['2001::4:5:6:7', '2001:0:0:0::/64'],
  ['2001::3:4:5:6:7', '2001:0:0:3::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::', '0:0:0:0::/64'],
])('the address %s has the key %s', (address, counted) => {
  expect(toAddressKey(address)).toBe(counted);
});

describe('behind a trusted proxy', () => {
  let http: HttpFixture;
  beforeAll(async () => {
    http = await startHttp({ TRUSTED_PROXIES: '127.0.0.1', CONNECTIONS_PER_ADDRESS_MAX: '2' });
  });
  afterAll(() => http.close());

  it('each client has its own limit of connections, whatever address it claims', async () => {
    const from = (headers: string) => ({ 'x-forwarded-for': headers });
    const sockets = await Promise.all(
      ['1.1.1.1', '6.6.6.6, 1.1.1.1', '2.2.2.2'].map((forwarded) =>
        RawSocket.init(http.port, undefined, { headers: from(forwarded) }),
      ),
    );
    expect(await refusalOf(http.port, '/graphql', from('7.7.7.7, 1.1.1.1'))).toBe(429);
    const stream = (forwarded: string) =>
      fetch(`${http.url}/graphql?query={__typename}`, {
        headers: { accept: 'text/event-stream', ...from(forwarded) },
      });
    expect((await stream('1.1.1.1')).status).toBe(429);
    expect((await stream('2.2.2.2')).status).toBe(200);
    for (const raw of sockets) raw.socket.terminate();
  });

  it('the addresses of one client’s network share a limit', async () => {
    const from = (address: string) => ({ 'x-forwarded-for': address });
    const open = (address: string) => RawSocket.init(http.port, undefined, { headers: from(address) });
    const sockets = await Promise.all(['2001:db8:0:1::1', '2001:db8:0:1:ffff::2'].map(open));
    expect(await refusalOf(http.port, '/graphql', from('2001:DB8:0:1::3'))).toBe(429);
    sockets.push(await open('2001:db8:0:2::1'));
    for (const raw of sockets) raw.socket.terminate();
  });
});

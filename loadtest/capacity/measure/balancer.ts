import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect as connectTcp, createServer, type AddressInfo, type Socket } from 'node:net';
import path from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { findHaproxy } from '../../../scripts/cluster/find-haproxy.ts';
import { freePort } from '../../../scripts/local/ports.ts';
import { endProcess, waitUntil } from '../../../scripts/local/processes.ts';
import { readCpuSeconds } from '../../bench/cpu.ts';
import type { MeasuredCosts } from '../inputs.ts';

const CONNECTIONS = 1_000;
const REQUESTS = 20_000;
const CALLERS = 32;
const SOCKETS = 2_000;
const MESSAGES = 100;
/** A message with 2 seats, as `frameBytes2Seats`. */
const MESSAGE_BYTES = 224;
const READY_WITHIN_MS = 10_000;

const request = 'GET / HTTP/1.1\r\nhost: localhost\r\n\r\n';
const response = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}';
// The key and its hash are those of the example in RFC 6455.
const upgrade =
  'GET / HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n' +
  'sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
const upgraded =
  'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n' +
  'sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n';

/** Measures CPU and memory of HAProxy, which ends TLS, between clients and a server that responds with constants. */
export async function measureBalancer(folder: string): Promise<MeasuredCosts> {
  const backend = await startBackend();
  const port = await freePort();
  const balancer = await startHaproxy(folder, port, backend.port);
  const { pid } = balancer;
  if (pid === undefined) throw new Error('HAProxy has no pid');
  const measureCpu = async (work: () => Promise<unknown>) => {
    const before = readCpuSeconds(pid);
    await work();
    return (readCpuSeconds(pid) - before) * 1e6;
  };
  const all: TLSSocket[] = [];
  const open = async (first: string, expected: string) => {
    const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false });
    all.push(socket);
    await once(socket, 'secureConnect');
    await ask(socket, first, expected);
    return socket;
  };
  const connectOnce = async () => void (await open(request, response)).destroy();
  try {
    await inParallel(CONNECTIONS, () => connectOnce());
    const connecting = await measureCpu(() => inParallel(CONNECTIONS, () => connectOnce()));
    const callers = await Promise.all(Array.from({ length: CALLERS }, () => open(request, response)));
    const requesting = await measureCpu(() =>
      Promise.all(
        callers.map(async (socket) => {
          for (let i = 0; i < REQUESTS / CALLERS; i++) await ask(socket, request, response);
        }),
      ),
    );
    const bytesBefore = readResidentBytes(pid);
    const sockets: TLSSocket[] = [];
    await inParallel(SOCKETS, async () => void sockets.push(await open(upgrade, upgraded)));
    const bytes = readResidentBytes(pid) - bytesBefore;
    const sending = await measureCpu(() => backend.broadcast(sockets));
    return {
      balancerConnectMicros: connecting / CONNECTIONS,
      balancerRequestMicros: requesting / REQUESTS,
      balancerMessageMicros: sending / (SOCKETS * MESSAGES),
      balancerSocketBytes: bytes / SOCKETS,
    };
  } finally {
    for (const socket of all) socket.destroy();
    backend.stop();
    await endProcess(pid, [{ signal: 'SIGKILL', waitMs: 5_000 }]);
  }
}

interface Backend {
  readonly port: number;
  /** Sends messages to all upgraded connections, and resolves when all have arrived. */
  broadcast(receivers: readonly Socket[]): Promise<void>;
  stop(): void;
}

/** Starts a server that knows the two requests of this file. */
async function startBackend(): Promise<Backend> {
  const connections = new Set<Socket>();
  const upgradedSockets = new Set<Socket>();
  const server = createServer((socket) => {
    connections.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      connections.delete(socket);
      upgradedSockets.delete(socket);
    });
    socket.on('data', (chunk) => {
      const isUpgrade = chunk.includes('upgrade: websocket');
      if (isUpgrade) upgradedSockets.add(socket);
      socket.write(isUpgrade ? upgraded : response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const message = Buffer.alloc(MESSAGE_BYTES, 'x');
  return {
    port: (server.address() as AddressInfo).port,
    async broadcast(receivers) {
      for (let i = 0; i < MESSAGES; i++) {
        const arrived = Promise.all(receivers.map((socket) => receive(socket, MESSAGE_BYTES)));
        for (const socket of upgradedSockets) socket.write(message);
        await arrived;
      }
    },
    stop() {
      for (const socket of connections) socket.destroy();
      server.close();
    },
  };
}

async function startHaproxy(folder: string, port: number, backendPort: number): Promise<ChildProcess> {
  const haproxy = await findHaproxy();
  const [certificate, config] = [path.join(folder, 'balancer.pem'), path.join(folder, 'balancer.cfg')];
  await createCertificate(certificate);
  writeFileSync(
    config,
    `global
  maxconn 8000
defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  timeout tunnel 5m
frontend public
  bind 127.0.0.1:${port} ssl crt ${certificate} alpn http/1.1
  http-request set-header X-Forwarded-For %[src]
  default_backend api
backend api
  balance leastconn
  server api 127.0.0.1:${backendPort}
`,
  );
  const child = spawn(haproxy.program, ['-db', '-f', config], {
    env: { ...process.env, ...haproxy.env },
    stdio: 'ignore',
  });
  if (!(await waitUntil(() => child.exitCode !== null || accepts(port), READY_WITHIN_MS)))
    throw new Error('HAProxy did not start');
  if (child.exitCode !== null) throw new Error(`HAProxy ended with ${child.exitCode}`);
  return child;
}

/** Creates a certificate with a key on P-256, as public authorities issue them, and writes both into one file. */
async function createCertificate(file: string): Promise<void> {
  const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const made = [...args, '-days', '2', '-subj', '/CN=localhost', '-keyout', '-', '-out', '-'];
  const { stdout } = await promisify(execFile)('openssl', made);
  writeFileSync(file, stdout, { mode: 0o600 });
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTcp(port, '127.0.0.1');
    const settle = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => settle(true)).once('error', () => settle(false));
  });
}

async function ask(socket: Socket, text: string, expected: string): Promise<void> {
  const answer = receive(socket, expected.length);
  socket.write(text);
  await answer;
}

/** Resolves after so many bytes. */
function receive(socket: Socket, bytes: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = bytes;
    const settle = (done: () => void) => {
      socket.off('data', take).off('close', fail);
      done();
    };
    const take = (chunk: Buffer) => {
      left -= chunk.length;
      if (left <= 0) settle(resolve);
    };
    const fail = () => settle(() => reject(new Error('the balancer closed a connection')));
    socket.on('data', take).on('close', fail);
  });
}

async function inParallel(total: number, work: () => Promise<void>): Promise<void> {
  let next = 0;
  const caller = async () => {
    while (next++ < total) await work();
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
}

function readResidentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1_024;
}

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { median } from '../../bench/measure.ts';

const SOCKETS = 1_500;
const ROUNDS = 5;

/**
 * Returns the bytes that the kernel needs for one end of an idle TCP connection: the median of several rounds, because
 * everything on the machine allocates there. Both ends are in this process.
 */
export async function measureKernel(): Promise<number> {
  const accepted: Socket[] = [];
  const server = createServer((socket) => accepted.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const rounds: number[] = [];
  const sockets: Socket[] = [];
  while (rounds.length < ROUNDS) {
    const before = readSlabBytes();
    const target = sockets.length + SOCKETS;
    while (sockets.length < target) {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      sockets.push(socket);
    }
    rounds.push((readSlabBytes() - before) / (2 * SOCKETS));
  }
  for (const socket of [...sockets, ...accepted]) socket.destroy();
  server.close();
  await once(server, 'close');
  return median(rounds);
}

/** Memory of all objects of the kernel. */
function readSlabBytes(): number {
  const kilobytes = /^Slab:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
  if (kilobytes === undefined) throw new Error('/proc/meminfo has no Slab');
  return Number(kilobytes) * 1_024;
}

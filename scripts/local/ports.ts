import { createServer } from 'node:net';

/** A port that is free on the loopback address now. Whoever uses it must still expect that another was quicker. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('No free port is available'));
        else resolve(address.port);
      });
    });
  });
}

/** Resolves if a server could listen on the port now. @throws what listening throws. */
export function canListen(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, () => server.close(() => resolve()));
  });
}

import { createServer, type Server } from 'node:http';
import { listen } from '../../../src/platform/listen.ts';

/**
 * Serves `GET /primary` for one PostgreSQL node, as Patroni does: 200 while the supervisor takes the node for the primary,
 * else 503. A balancer that asks here never sends clients to an old primary, although that one may be running.
 */
export class RoleEndpoint {
  readonly #server: Server;

  constructor(isPrimary: () => boolean) {
    this.#server = createServer((request, response) => {
      const status = request.url !== '/primary' ? 404 : isPrimary() ? 200 : 503;
      response.writeHead(status, { connection: 'close' }).end();
    });
  }

  async start(port: number): Promise<void> {
    await listen(this.#server, port, '127.0.0.1');
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

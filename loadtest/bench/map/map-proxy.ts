import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';

/**
 * Serves the compared pages below /bench/ and passes everything else on to the API, so that all pages have one origin, the same
 * way to the layout, and gzip.
 */
export async function startProxy(apiPort: number, pages: ReadonlyMap<string, string>): Promise<Server> {
  const server = createServer((req, res) => {
    const name = /^\/bench\/([\w.-]+)/.exec(req.url ?? '')?.[1] ?? '';
    const page = pages.get(name);
    if (page === undefined) return passOn(apiPort, req, res);
    res.setHeader('content-type', name.endsWith('.js') ? 'text/javascript' : 'text/html');
    res.end(page);
  });
  server.on('upgrade', (req, socket) => {
    const api = connect(apiPort, '127.0.0.1', () => {
      const headers = Object.entries(req.headers).map(([key, value]) => `${key}: ${String(value)}`);
      api.write(`GET ${req.url} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
      socket.pipe(api).pipe(socket);
    });
    api.on('error', () => socket.destroy());
    socket.on('error', () => api.destroy());
    socket.on('close', () => api.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return server;
}

export function getPort(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function passOn(port: number, req: IncomingMessage, res: ServerResponse): void {
  const headers = { ...req.headers, 'accept-encoding': 'gzip' };
  const passed = request({ port, host: '127.0.0.1', path: req.url, method: req.method, headers });
  passed.on('response', (answer) => {
    res.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(res);
  });
  passed.on('error', () => res.destroy());
  req.pipe(passed);
}

import * as processes from './server-process.ts';

export { TEST_SECRET } from './server-process.ts';

/** A server process that accepts requests. */
export type ServerProcess = processes.ServerProcess & { readonly url: string };

/** Starts the API as a separate process on a free port, as in production. */
export function startApiProcess(settings: processes.ServerSettings): Promise<ServerProcess> {
  return start('src/main/api.ts', settings);
}

/** Starts the worker as a separate process. */
export function startWorkerProcess(settings: processes.ServerSettings): Promise<ServerProcess> {
  return start('src/main/worker.ts', settings);
}

async function start(file: string, settings: processes.ServerSettings): Promise<ServerProcess> {
  const server = new processes.ServerProcess({ file, ...settings });
  await server.start();
  return server as ServerProcess;
}

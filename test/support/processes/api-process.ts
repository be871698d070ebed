import * as processes from './server-process.ts';

export { TEST_SECRET } from './server-process.ts';

/** One that has been started: it can be asked. */
export type ServerProcess = processes.ServerProcess & { readonly url: string };

/** The API as a process of its own, on a free port, as in production. */
export function startApiProcess(settings: processes.ServerSettings): Promise<ServerProcess> {
  return start('src/main/api.ts', settings);
}

/** The worker as a process of its own. */
export function startWorkerProcess(settings: processes.ServerSettings): Promise<ServerProcess> {
  return start('src/main/worker.ts', settings);
}

async function start(file: string, settings: processes.ServerSettings): Promise<ServerProcess> {
  const server = new processes.ServerProcess({ file, ...settings });
  await server.start();
  return server as ServerProcess;
}

import { createContext } from '../../../src/main/context.ts';
import { loadConfig } from '../../../src/platform/config/config.ts';
import { createArena } from '../arena.ts';
import { createEnvironment } from '../environment.ts';
import { startServices } from '../services.ts';
import { startMeasures, type MeasureName } from './measures.ts';

/*
 * One of the two trees, as a child process with services of its own. Runs a measure for each message, and answers with
 * its figures.
 */

export interface Request {
  readonly measure: MeasureName;
  readonly seconds: number;
}

const services = await startServices();
const env = createEnvironment(services);
const app = await createContext(loadConfig(env));
const arena = await createArena(services.postgres.url);
const measures = await startMeasures({ services, app, arena, env });

process.on('message', ({ measure, seconds }: Request) => {
  void measures[measure](seconds).then((figures) => process.send?.(figures));
});
process.once('disconnect', () => {
  void stop();
});
process.send?.('ready');

async function stop(): Promise<void> {
  await arena[Symbol.asyncDispose]();
  await app.close();
  await services[Symbol.asyncDispose]();
  process.exit(0);
}

// The API, but SIGUSR2 makes it throw an uncaught exception, and SIGWINCH an unhandled rejection.
import { startApi } from '../../../src/main/api.ts';
import { runProcess } from '../../../src/main/run-process.ts';
import { startWorker } from '../../../src/main/worker.ts';

if (import.meta.main) {
  process.on('SIGUSR2', () => {
    throw new Error('thrown in a listener');
  });
  process.on('SIGWINCH', () => void Promise.reject(new Error('rejected and forgotten')));
  const drainMsMax = Number(process.env['TEST_DRAIN_MS_MAX'] ?? 10_000);
  await runProcess(
    process.env['TEST_WORKER'] === '1' ? startWorker : (config) => startApi(config),
    drainMsMax,
  );
}

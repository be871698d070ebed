import { startWorker } from '../../../src/main/worker.ts';
import { loadConfig } from '../../../src/platform/config/config.ts';
import { ownCpuSeconds } from '../cpu.ts';

// A worker as a child process. Reports its CPU time on request.
const worker = await startWorker(loadConfig());
process.on('message', () => process.send?.({ cpuSeconds: ownCpuSeconds() }));
process.on('disconnect', () => void worker.stop().then(() => process.exit(0)));
process.send?.({ port: 0 });

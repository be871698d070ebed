// Preloaded into a server under test: at SIGUSR2 it collects its garbage and logs what is left.
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
/** Machine code and byte code grow for minutes, as functions are called often enough, and say nothing of leaks. */
const CODE = /code|trusted/;

process.on('SIGUSR2', () => {
  collect();
  // Buffers that the first one found unused are freed beside the main thread; the second waits for that.
  collect();
  const objects = getHeapSpaceStatistics()
    .filter(({ space_name: name }) => !CODE.test(name))
    .reduce((sum, { space_used_size: bytes }) => sum + bytes, 0);
  const { arrayBuffers: buffers, rss } = process.memoryUsage();
  process.stdout.write(`${JSON.stringify({ msg: 'memory', objects, buffers, rss })}\n`);
});

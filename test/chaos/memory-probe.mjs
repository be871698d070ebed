// Preloaded into a server under test. On SIGUSR2 it collects garbage and logs what remains.
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
/** Machine code and bytecode grow for minutes as functions become hot, which is no leak. */
const CODE = /code|trusted/;

process.on('SIGUSR2', () => {
  collect();
  // The first collection frees unused buffers on another thread; the second waits for that.
  collect();
  const objects = getHeapSpaceStatistics()
    .filter(({ space_name: name }) => !CODE.test(name))
    .reduce((sum, { space_used_size: bytes }) => sum + bytes, 0);
  const { arrayBuffers: buffers, rss } = process.memoryUsage();
  process.stdout.write(`${JSON.stringify({ msg: 'memory', objects, buffers, rss })}\n`);
});

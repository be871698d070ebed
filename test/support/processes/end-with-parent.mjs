// Loaded into server processes of tests. Kills the server once the test process is gone, even if that was killed: then the
// pipe to the server's standard input closes.
import { isMainThread } from 'node:worker_threads';

// Worker threads load it, too.
if (isMainThread) {
  process.stdin.on('close', () => process.kill(process.pid, 'SIGKILL')).resume();
  // A server that has nothing left to do ends by itself, as in production.
  process.stdin.unref();
}

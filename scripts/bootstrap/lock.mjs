// One process at a time, for a folder and a purpose.
//
// The lock is a listening socket rather than a file: the kernel takes it back the moment its process ends, however it
// ends, so that there is never a stale one to judge. On Linux its name lies in the abstract namespace and leaves no
// file behind; it is made of the folder's device and inode, so that two names of one folder are one lock.
import { createHash } from 'node:crypto';
import { statSync, unlinkSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * @param {string} folder must exist
 * @param {string} purpose
 * @returns {Promise<{ release(): Promise<void> } | null>} null: another process has it
 */
export async function tryLock(folder, purpose) {
  const address = addressOf(folder, purpose);
  const server = createServer();
  try {
    await listen(server, address);
  } catch (error) {
    if (error.code !== 'EADDRINUSE') throw error;
    if (address.startsWith('\0') || (await holderLives(address))) return null;
    unlinkSync(address);
    return tryLock(folder, purpose);
  }
  const waiting = new Set();
  server.on('connection', (socket) => {
    waiting.add(socket);
    // A waiter that goes away is nobody's concern here.
    socket.on('error', () => {}).on('close', () => waiting.delete(socket));
    socket.unref();
  });
  server.unref();
  return {
    release: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of waiting) socket.destroy();
      }),
  };
}

/**
 * Waits until the lock is free. `onWait` is called once if it has to.
 *
 * @param {string} folder
 * @param {string} purpose
 * @param {() => void} [onWait]
 */
export async function takeLock(folder, purpose, onWait = () => {}) {
  for (let attempt = 1; ; attempt++) {
    const lock = await tryLock(folder, purpose);
    if (lock) return lock;
    if (attempt === 1) onWait();
    await holderEnds(addressOf(folder, purpose));
  }
}

function addressOf(folder, purpose) {
  const { dev, ino } = statSync(folder, { bigint: true });
  const name = createHash('sha256').update(`${dev}:${ino}:${purpose}`).digest('hex').slice(0, 24);
  return process.platform === 'linux' ? `\0sellout-${name}` : path.join(tmpdir(), `sellout-${name}.sock`);
}

function listen(server, address) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => resolve(undefined));
  });
}

/** Resolves when the holder's socket closes, which happens when it releases the lock or ends. */
function holderEnds(address) {
  return new Promise((resolve) => {
    // An error means the same as a close: the holder is not there any more, so try again.
    connect(address)
      .on('error', () => {})
      .on('close', resolve)
      .resume();
  });
}

function holderLives(address) {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

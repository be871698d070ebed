// A lock between processes, per folder and purpose.
//
// The lock is a listening socket instead of a file. The kernel releases it when its process ends, even after SIGKILL, so
// there are no stale locks. On Linux the socket is in the abstract namespace and leaves no file behind. Its name is derived
// from the folder's device and inode, so that two paths of one folder share a lock.
import { createHash } from 'node:crypto';
import { statSync, unlinkSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** @typedef {{ release(): Promise<void> }} Lock */

/**
 * Takes the lock if it is free.
 *
 * @param {string} folder must exist
 * @param {string} purpose
 * @returns {Promise<Lock | null>} null if another process holds it
 */
export async function tryLock(folder, purpose) {
  const address = getAddress(folder, purpose);
  const server = createServer();
  try {
    await listen(server, address);
  } catch (error) {
    if (error.code !== 'EADDRINUSE') throw error;
    if (address.startsWith('\0') || (await isHolderAlive(address))) return null;
    unlinkSync(address);
    return tryLock(folder, purpose);
  }
  const waiting = new Set();
  server.on('connection', (socket) => {
    waiting.add(socket);
    // A waiting process may go away.
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
 * Takes the lock, and waits for it if necessary. Calls `onWait` once when it starts to wait.
 *
 * @param {string} folder
 * @param {string} purpose
 * @param {() => void} [onWait]
 * @returns {Promise<Lock>}
 */
export async function takeLock(folder, purpose, onWait = () => {}) {
  for (let attempt = 1; ; attempt++) {
    const lock = await tryLock(folder, purpose);
    if (lock) return lock;
    if (attempt === 1) onWait();
    await waitForHolder(getAddress(folder, purpose));
  }
}

function getAddress(folder, purpose) {
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

/** Resolves when the holder releases the lock or ends, which closes its socket. */
function waitForHolder(address) {
  return new Promise((resolve) => {
    // An error is followed by a close; either way the holder is gone, so the caller tries again.
    connect(address)
      .on('error', () => {})
      .on('close', resolve)
      .resume();
  });
}

function isHolderAlive(address) {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

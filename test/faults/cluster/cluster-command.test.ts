import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { ControlSocket, sendControl } from '../../../scripts/cluster/control.ts';
import { freePorts } from '../../../scripts/cluster/ports.ts';
import { lockDataFolder, openDataFolder } from '../../../scripts/local/data-folder.ts';
import { listen } from '../../../src/platform/listen.ts';
import { runToEnd } from '../../support/processes/run-to-end.ts';
import { closeServer } from '../../support/services/free-port.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(inject('scratchFolder'), 'cluster-'));
});

/** Runs the command of `npm run cluster`, and returns what it wrote before it ended with status 1. */
async function refuse(args: readonly string[]): Promise<string> {
  const { code, stderr } = await runToEnd(['scripts/cluster/main.ts', '--data', folder, ...args], {});
  expect(code).toBe(1);
  return stderr.trim();
}

describe('npm run cluster', () => {
  it('refuses a second start in the same folder', async () => {
    const lock = await lockDataFolder(openDataFolder({ SELLOUT_DATA_DIR: folder }));
    if (lock === null) throw new Error('the folder is locked');
    try {
      expect(await refuse([])).toBe(
        `A cluster is running in ${folder}. Stop it first, or start another one with --data FOLDER --port N.`,
      );
    } finally {
      await lock.release();
    }
  });

  it('names the part whose port is used', async () => {
    const ports = await freePorts();
    const server = createServer();
    await listen(server, ports['pg-2'], '127.0.0.1');
    try {
      expect(await refuse(['--port', String(ports.balancer)])).toBe(
        `Port ${ports['pg-2']} (pg-2) is in use. Stop the program that uses it, or choose other ports with --port N.`,
      );
    } finally {
      await closeServer(server);
    }
  });

  it('says that no cluster runs which it could break', async () => {
    expect(await refuse(['kill', 'primary'])).toBe(
      `No cluster is running in ${folder}. Start one with npm run cluster.`,
    );
  });
});

describe('the control socket', () => {
  it('passes commands to the cluster, and returns its messages and errors', async () => {
    const control = new ControlSocket(folder, ({ command, node }) =>
      node === 'pg-9' ? Promise.reject(new Error('there is no pg-9')) : Promise.resolve(`${command} ${node}`),
    );
    await control.start();
    try {
      expect(await sendControl(folder, { command: 'kill', node: 'primary' })).toBe('kill primary');
      await expect(sendControl(folder, { command: 'kill', node: 'pg-9' })).rejects.toThrow(
        'there is no pg-9',
      );
    } finally {
      await control.stop();
    }
  });
});

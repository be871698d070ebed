import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';

/*
 * The control socket of a running cluster, `control.sock` in its data folder. A client connects, sends one request as a line
 * of JSON, and gets one response as a line of JSON when the command is done. Only the user who started the cluster can
 * connect.
 */

const commands = ['status', 'kill', 'pause', 'resume', 'heal'] as const;
export type ControlCommand = (typeof commands)[number];

/** A command for a running cluster. */
export interface ControlRequest {
  readonly command: ControlCommand;
  /** The name of a node, or an alias such as `primary`. Null means all, for `status` and `heal`. */
  readonly node: string | null;
}

interface ControlResponse {
  readonly ok: boolean;
  readonly message: string;
}

/** The kernel's limit for the path of a socket. */
const PATH_BYTES_MAX = 107;
const REQUEST_CHARACTERS_MAX = 1_000;

export function isControlCommand(text: string): text is ControlCommand {
  return (commands as readonly string[]).includes(text);
}

export class ControlSocket {
  readonly #server: Server;
  readonly #file: string;

  constructor(folder: string, handle: (request: ControlRequest) => Promise<string>) {
    this.#file = toSocketFile(folder);
    this.#server = createServer((socket) => {
      socket.on('error', () => undefined);
      createInterface({ input: socket }).once('line', (line) => {
        void respond(line, handle).then((response) => socket.end(`${JSON.stringify(response)}\n`));
      });
    });
  }

  async start(): Promise<void> {
    // A killed cluster leaves it behind. The caller holds the lock of the folder.
    rmSync(this.#file, { force: true });
    this.#server.listen(this.#file);
    await once(this.#server, 'listening');
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

async function respond(
  line: string,
  handle: (request: ControlRequest) => Promise<string>,
): Promise<ControlResponse> {
  try {
    if (line.length > REQUEST_CHARACTERS_MAX) throw new Error('the request is too long');
    return { ok: true, message: await handle(JSON.parse(line) as ControlRequest) };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

/** Sends a command to the cluster of this folder. @throws if none runs there, or the command fails. */
export async function sendControl(folder: string, request: ControlRequest): Promise<string> {
  const file = toSocketFile(folder);
  if (!existsSync(file)) throw notRunning(folder);
  const socket = connect(file);
  try {
    await once(socket, 'connect');
  } catch (error) {
    throw Object.assign(notRunning(folder), { cause: error });
  }
  socket.write(`${JSON.stringify(request)}\n`);
  for await (const line of createInterface({ input: socket })) {
    const { ok, message } = JSON.parse(line) as ControlResponse;
    if (!ok) throw new Error(message);
    return message;
  }
  throw new Error('the cluster ended before it responded');
}

function notRunning(folder: string): Error {
  return new Error(`No cluster is running in ${folder}. Start one with npm run cluster.`);
}

function toSocketFile(folder: string): string {
  const file = path.join(folder, 'control.sock');
  if (Buffer.byteLength(file) > PATH_BYTES_MAX)
    throw new Error(`${folder} is too long for a socket in it. Choose a shorter one with --data FOLDER.`);
  return file;
}

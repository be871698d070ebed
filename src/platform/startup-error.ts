/** A failure to start that the operator can fix. Its message names the variable and says what to do. */
export class StartupError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartupError';
  }
}

/** What an error says in a few words. Node's own have no message if every address of a name failed. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || ((error as NodeJS.ErrnoException).code ?? error.name);
}

const addressProblems = new Set(['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EINVAL']);

interface Listening {
  /** The variable that the port comes from. */
  readonly variable: string;
  readonly port: number;
  readonly host?: string;
}

/** Turns the usual failures to listen into advice of one line. Returns any other error as it is. */
export function explainListenError(error: unknown, { variable, port, host = '' }: Listening): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const because = (message: string) => new StartupError(message, { cause: error });
  if (code === 'EADDRINUSE')
    return because(
      `${variable}: port ${port} is in use by another program. Choose another port, such as ${variable}=${port + 1}.`,
    );
  if (code === 'EACCES')
    return because(
      `${variable}: port ${port} requires privileges that this user does not have. Choose one above 1023, such as ` +
        `${variable}=4000, and let a reverse proxy listen on ${port}.`,
    );
  if (code !== undefined && addressProblems.has(code))
    return because(`HOST: ${host} is not an address of this machine (${code}).`);
  return error;
}

/** Awaits `listening`. @throws {StartupError} for the usual failures to listen. */
export async function listeningOn<T>(listening: Promise<T>, where: Listening): Promise<T> {
  try {
    return await listening;
  } catch (error) {
    throw explainListenError(error, where);
  }
}

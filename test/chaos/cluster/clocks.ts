import { existsSync } from 'node:fs';
import path from 'node:path';
import { findProgram } from '../../../scripts/local/packages/find-program.ts';

type Environment = Readonly<Record<string, string>>;

/** The wall clocks of processes, which libfaketime sets wrong. */
export class Clocks {
  /** Null if there is no libfaketime on this machine. */
  readonly #library: string | null;
  readonly #skews = new Map<string, string>();

  private constructor(library: string | null) {
    this.#library = library;
  }

  /** Finds libfaketime, or downloads the distribution's package. */
  static async find(report: (line: string) => void): Promise<Clocks> {
    try {
      return new Clocks(await findLibrary());
    } catch (error) {
      report(`Clocks are not set wrong: ${error instanceof Error ? error.message : String(error)}`);
      return new Clocks(null);
    }
  }

  get areAdjustable(): boolean {
    return this.#library !== null;
  }

  /** Sets the clock of a process wrong from its next start, such as by `+10m`; null sets it right. */
  skew(name: string, offset: string | null): void {
    if (offset === null) this.#skews.delete(name);
    else this.#skews.set(name, offset);
  }

  readEnvOf(name: string): Environment {
    const offset = this.#skews.get(name);
    if (offset === undefined || this.#library === null) return {};
    // Timers run on the monotonic clock, which no administrator can set.
    return { LD_PRELOAD: this.#library, FAKETIME: offset, FAKETIME_DONT_FAKE_MONOTONIC: '1' };
  }
}

async function findLibrary(): Promise<string> {
  const { env } = await findProgram({
    title: 'libfaketime',
    cacheName: 'faketime',
    programs: ['faketime'],
    folder: 'usr/bin',
    packages: [{ name: 'faketime', dependencies: ['libfaketime'] }],
    version: { argument: '--version', pattern: /Version (\d[\w.]*)/ },
    advice: 'Install it (apt-get install faketime) to have this fault, too.',
  });
  const folders = [
    ...(env['LD_LIBRARY_PATH'] ?? '').split(':'),
    '/usr/lib/x86_64-linux-gnu',
    '/usr/lib/aarch64-linux-gnu',
  ];
  const found = folders
    .map((folder) => path.join(folder, 'faketime', 'libfaketimeMT.so.1'))
    .find((file) => existsSync(file));
  if (found === undefined) throw new Error('the package of faketime has no libfaketimeMT.so.1');
  return found;
}

import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** A package of the distribution. */
export interface DistributionPackage {
  readonly name: string;
  /** Its dependencies on Debian and Ubuntu, used if apt fails to resolve them. */
  readonly dependencies: readonly string[];
}

/**
 * Downloads the first package that the distribution has with apt, which verifies signatures, and unpacks it into a folder
 * inside `work`. Writes nothing outside `work` and installs nothing: apt uses private lists and caches, and the configured
 * hooks, which clean the system's caches, are disabled. Needs no privileges.
 */
export async function fetchPackage(work: string, packages: readonly DistributionPackage[]): Promise<string> {
  const apt = new PrivateApt(work);
  // The system's package lists, if it has any, save a download.
  const problems: unknown[] = [];
  for (const lists of ['system', 'own'] as const) {
    try {
      if (lists === 'own') await apt.fetchLists();
      return await unpack(work, await download(apt, path.join(work, lists), packages));
    } catch (error) {
      problems.push(error);
    }
  }
  throw new AggregateError(problems, getMessage(problems.at(-1)));
}

async function download(
  apt: PrivateApt,
  folder: string,
  packages: readonly DistributionPackage[],
): Promise<string> {
  mkdirSync(folder);
  let problem: unknown;
  for (const each of packages) {
    try {
      await apt.run('apt-get', ['download', each.name, ...(await apt.findMissingDependencies(each))], folder);
      return folder;
    } catch (error) {
      problem = error;
    }
  }
  throw problem;
}

async function unpack(work: string, folder: string): Promise<string> {
  const target = path.join(work, 'unpacked');
  mkdirSync(target);
  const files = readdirSync(folder).filter((name) => name.endsWith('.deb'));
  for (const file of files) await run('dpkg-deb', ['-x', path.join(folder, file), target]);
  return target;
}

class PrivateApt {
  private readonly work: string;
  private readonly config: string;
  private listOptions: string[] = [];

  constructor(work: string) {
    this.work = work;
    this.config = path.join(work, 'apt.conf');
    for (const name of ['lists/partial', 'cache/archives/partial', 'log']) {
      mkdirSync(path.join(work, name), { recursive: true });
    }
    const lines = [
      '#clear APT::Update::Pre-Invoke;',
      '#clear APT::Update::Post-Invoke;',
      '#clear APT::Update::Post-Invoke-Success;',
      // As root, apt would download as its own user, which may not be able to enter this folder.
      'APT::Sandbox::User "root";',
      'Acquire::Languages "none";',
      'Acquire::Retries "2";',
      'Debug::NoLocking "true";',
      `Dir::Cache "${path.join(work, 'cache')}";`,
      `Dir::Log "${path.join(work, 'log')}";`,
    ];
    writeFileSync(this.config, `${lines.join('\n')}\n`);
  }

  async fetchLists(): Promise<void> {
    this.listOptions = ['-o', `Dir::State::Lists=${path.join(this.work, 'lists')}`];
    await this.run('apt-get', ['update'], this.work);
  }

  /** Returns the other packages that installing one would add to this system. */
  async findMissingDependencies({ name, dependencies }: DistributionPackage): Promise<readonly string[]> {
    try {
      const options = ['install', '--print-uris', '--yes', '--no-install-recommends', name];
      const { stdout } = await this.run('apt-get', options, this.work);
      const files = [...stdout.matchAll(/^'[^']+' (\S+?)_\S+\.deb /gm)].map((match) => match[1] ?? '');
      return files.filter((file) => file !== '' && file !== name);
    } catch {
      // apt can't resolve dependencies on a system with broken packages, but still downloads named packages.
      return dependencies;
    }
  }

  run(program: string, args: string[], cwd: string): Promise<{ stdout: string }> {
    const env = { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' };
    return run(program, ['-c', this.config, '-qq', ...this.listOptions, ...args], { cwd, env });
  }
}

function getMessage(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return stderr?.trim() || message;
}

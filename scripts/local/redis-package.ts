import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PACKAGES = ['redis-server', 'valkey-server'] as const;

/** What redis-server needs on Debian and Ubuntu, for when apt cannot work it out. */
const USUAL_COMPANIONS = ['redis-tools', 'libjemalloc2', 'liblzf1', 'libatomic1'];

/**
 * Fetches the distribution's own Redis with apt, which checks its signatures, and unpacks it into a folder inside
 * `work`. Nothing is installed, and nothing outside `work` is written: apt gets lists and caches of its own, and the
 * hooks of the system's configuration (which clean the system's caches) are left out. It needs no rights.
 */
export async function fetchRedisPackage(work: string): Promise<string> {
  const apt = new PrivateApt(work);
  // The system's own lists are used where it has any: that saves fetching them.
  const problems: unknown[] = [];
  for (const lists of ['system', 'own'] as const) {
    try {
      if (lists === 'own') await apt.fetchLists();
      return await unpack(work, await download(apt, path.join(work, lists)));
    } catch (error) {
      problems.push(error);
    }
  }
  throw new AggregateError(problems, messageOf(problems.at(-1)));
}

async function download(apt: PrivateApt, folder: string): Promise<string> {
  mkdirSync(folder);
  let problem: unknown;
  for (const name of PACKAGES) {
    try {
      await apt.run('apt-get', ['download', name, ...(await apt.missingFor(name))], folder);
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
      // As root, apt would download as a user of its own, who may not enter this folder.
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

  /** The packages that an installation of `name` would add to this system, as apt works it out. */
  async missingFor(name: string): Promise<string[]> {
    try {
      const options = ['install', '--print-uris', '--yes', '--no-install-recommends', name];
      const { stdout } = await this.run('apt-get', options, this.work);
      const files = [...stdout.matchAll(/^'[^']+' (\S+?)_\S+\.deb /gm)].map((match) => match[1] ?? '');
      return files.filter((file) => file !== '' && file !== name);
    } catch {
      // A system whose packages are in disorder: apt refuses to plan, but it still downloads what it is told to.
      return name === 'redis-server' ? USUAL_COMPANIONS : [];
    }
  }

  run(program: string, args: string[], cwd: string): Promise<{ stdout: string }> {
    const env = { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' };
    return run(program, ['-c', this.config, '-qq', ...this.listOptions, ...args], { cwd, env });
  }
}

function messageOf(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return stderr?.trim() || message;
}

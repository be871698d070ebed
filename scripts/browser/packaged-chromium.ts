import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A browser file, and the environment that it needs. */
export interface ChromiumFile {
  readonly executablePath: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Unpacks the Chromium of an npm package into a folder, with the libraries and fonts that a machine without a desktop
 * lacks. Processes that do so at the same time share the result.
 */
export async function unpackChromium(folder: string): Promise<ChromiumFile> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('Install Chromium, or set CHROMIUM_PATH: the npm package has it for Linux on x64 only.');
  }
  const target = path.join(folder, 'chromium');
  if (!existsSync(target)) await unpackInto(folder, target);
  return {
    executablePath: path.join(target, 'chromium'),
    env: {
      LD_LIBRARY_PATH: [path.join(target, 'al2023/lib'), process.env['LD_LIBRARY_PATH'] ?? '']
        .filter((part) => part !== '')
        .join(':'),
      FONTCONFIG_FILE: path.join(target, 'fonts.conf'),
    },
  };
}

async function unpackInto(folder: string, target: string): Promise<void> {
  const { inflate } = await import('@sparticuz/chromium');
  const archives = path.join(import.meta.dirname, '../../node_modules/@sparticuz/chromium/bin');
  const unpacked = mkdtempSync(path.join(folder, 'unpacking-'));
  const before = process.env['TMPDIR'];
  // `inflate` reads TMPDIR when it is called, and unpacks there.
  process.env['TMPDIR'] = unpacked;
  const unpacking = ['chromium.br', 'fonts.tar.br', 'al2023.tar.br'].map((name) =>
    inflate(path.join(archives, name)),
  );
  if (before === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = before;
  await Promise.all(unpacking);
  // Chromium crashes without a font, and the configuration of the package names folders that are not here.
  const config = `<fontconfig><dir>${target}/fonts</dir><cachedir>${target}/cache</cachedir></fontconfig>`;
  writeFileSync(path.join(unpacked, 'fonts.conf'), `<?xml version="1.0"?>\n${config}\n`);
  try {
    renameSync(unpacked, target);
  } catch (error) {
    // Another process was faster.
    rmSync(unpacked, { recursive: true });
    if (!existsSync(target)) throw error;
  }
}

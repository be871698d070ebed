import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { computeEtag, type StoredBody } from '../../responses.ts';

/** What `npm run build:web` writes. */
const DIST = path.join(import.meta.dirname, '../../../web/shop/dist');

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
};

export interface ShopFiles {
  /** The page of all addresses of the shop. */
  readonly index: StoredBody;
  /** The other files by their path. */
  readonly files: ReadonlyMap<string, StoredBody>;
}

/** Reads and compresses the built shop; null if it has not been built. Nothing else on the disk can be served. */
export function readShop(folder = DIST): ShopFiles | null {
  const names = globSync('**/*.*', { cwd: folder }).filter((name) => path.extname(name) in types);
  if (!names.includes('index.html')) return null;
  const bodies = names.map((name) => {
    const address = `/${name.split(path.sep).join('/')}`;
    return [address, toBody(address, readFileSync(path.join(folder, name)))] as const;
  });
  const files = new Map(bodies);
  const index = files.get('/index.html');
  if (index === undefined) return null;
  files.delete('/index.html');
  return { index, files };
}

function toBody(address: string, identity: Buffer): StoredBody {
  return {
    identity,
    gzip: gzipSync(identity, { level: 9 }),
    br: brotliCompressSync(identity, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
    type: types[path.extname(address)] ?? 'application/octet-stream',
    etag: computeEtag(identity),
    // Vite puts a hash of the contents into the names of assets.
    cacheControl: address.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
}

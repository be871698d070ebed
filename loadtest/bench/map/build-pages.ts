import path from 'node:path';
import { build } from 'vite';

/** Names of the pages that the shop is compared with. */
const bareNames = ['bare', 'svg', 'pixi'] as const;

/** Bundles the compared pages. Returns them by their file names. */
export async function buildPages(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const name of bareNames) {
    const result = await build({
      configFile: false,
      root: import.meta.dirname,
      logLevel: 'error',
      define: { 'process.env.NODE_ENV': '"production"' },
      build: {
        write: false,
        lib: { entry: path.join(import.meta.dirname, `pages/${name}.ts`), formats: ['es'], fileName: name },
      },
    });
    const outputs = Array.isArray(result) ? result.flatMap(({ output }) => output) : [];
    for (const output of outputs) if (output.type === 'chunk') files.set(output.fileName, output.code);
    files.set(`${name}.html`, getHtml(name));
  }
  return files;
}

function getHtml(name: string): string {
  return `<!doctype html><meta name="viewport" content="width=device-width"><title>${name}</title>
<style>body { margin: 0; overflow: hidden } .drawing { position: fixed; inset: 0; width: 100vw; height: 100vh; touch-action: none }</style>
<body><script type="module" src="/bench/${name}.js"></script>`;
}

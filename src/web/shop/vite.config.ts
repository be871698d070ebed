import { compileMessage } from '@lingui/message-utils/compileMessage';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import type { Catalog } from './text/catalog.ts';
import { de } from './text/de.ts';
import { en } from './text/en.ts';

const languages: Readonly<Record<string, Catalog>> = { en, de };

/** Compiles the ICU messages of a language at build time, so that the page loads no parser. */
function compileTexts(): Plugin {
  return {
    name: 'compile-texts',
    transform(_code, id) {
      const [, name = ''] = /\/shop\/text\/(\w+)\.ts$/.exec(id) ?? [];
      const texts = languages[name];
      if (texts === undefined) return null;
      const messages = Object.entries(texts).map(([key, text]) => [key, compileMessage(text)]);
      return { code: `export const ${name} = ${JSON.stringify(Object.fromEntries(messages))};`, map: null };
    },
  };
}

/** `npm run build:web` builds with this file. `npx vite src/web/shop` serves the sources beside a server on port 4000. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), compileTexts()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // Inlined files would be data: URLs, which the policy of the page forbids for fonts and scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: {
      '/graphql': { target: 'http://localhost:4000', ws: true },
      '/layouts': 'http://localhost:4000',
    },
  },
});

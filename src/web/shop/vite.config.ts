import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** `npm run build:web` builds with this file. `npx vite src/web/shop` serves the sources beside a server on port 4000. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
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

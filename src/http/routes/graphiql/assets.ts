import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { computeEtag, type StoredBody } from '../../responses.ts';
import { pageScript } from './page-script.ts';
import { editBundle, tabRunsScript } from './tab-runs.ts';

interface Asset extends StoredBody {
  readonly path: string;
}

export interface GraphiQLAssets {
  readonly script: Asset;
  readonly style: Asset;
}

/**
 * Disables the animation of new tabs: pressing the mouse button on a tab resets it to where it started, so that the click
 * misses it (GraphiQL 5 in Chromium 156).
 */
const OWN_STYLE = `
.graphiql-tab { transform: none !important; }
.graphiql-container .graphiql-session-header { height: auto; min-height: var(--session-header-height); }
.graphiql-tabs { flex-wrap: wrap; gap: var(--px-4); }
.graphiql-tab .graphiql-tab-button { font-size: 14px; }
.graphiql-tab:not(.graphiql-tab-active) .graphiql-tab-button { padding-right: var(--px-8); }
.graphiql-tab:not(.graphiql-tab-active) .graphiql-tab-close { display: none !important; }
`;

const OPTIONS_MARK = 'YogaGraphiQL.renderYogaGraphiQL(';

let loading: Promise<GraphiQLAssets> | undefined;

/**
 * Loads GraphiQL as two files. The package renders one page of 9 MB with everything inline. Split up, the large parts have
 * content-addressed URLs, which browsers cache, and the page can forbid inline scripts. The files are created and compressed
 * on first use.
 */
export function loadGraphiQL(): Promise<GraphiQLAssets> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load(): Promise<GraphiQLAssets> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const page = renderGraphiQL({});
  const script = between(page, '<script>', '</script>');
  const bundle = editBundle(script.slice(0, script.lastIndexOf(OPTIONS_MARK)));
  // `pageScript` defines `startPage`, which reads the options from the page.
  const text = `${pageScript}\n${tabRunsScript}\n${bundle}\nstartPage(YogaGraphiQL);\n`;
  const [scriptAsset, styleAsset] = await Promise.all([
    createAsset('js', 'text/javascript; charset=utf-8', text),
    createAsset('css', 'text/css; charset=utf-8', `${between(page, '<style>', '</style>')}\n${OWN_STYLE}\n`),
  ]);
  return { script: scriptAsset, style: styleAsset };
}

function between(text: string, start: string, end: string): string {
  const from = text.indexOf(start) + start.length;
  const to = text.lastIndexOf(end);
  if (from < start.length || to < from) throw new Error(`the GraphiQL package no longer contains ${start}`);
  return text.slice(from, to);
}

async function createAsset(extension: string, type: string, text: string): Promise<Asset> {
  const identity = Buffer.from(text);
  const [gzipped, br] = await Promise.all([
    promisify(gzip)(identity),
    promisify(brotliCompress)(identity, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  ]);
  const etag = computeEtag(identity);
  return {
    path: `/graphiql/${etag}.${extension}`,
    identity,
    gzip: gzipped,
    br,
    type,
    etag,
    cacheControl: 'public, max-age=31536000, immutable',
  };
}

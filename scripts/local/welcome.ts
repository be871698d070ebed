import path from 'node:path';
import { formatTime } from '../bootstrap/steps.mjs';
import { ROOT } from './environment.ts';

interface Started {
  readonly url: string;
  readonly dataFolder: string;
  /** Whether the API serves GraphiQL. */
  readonly graphiql: boolean;
  readonly tookMs: number;
}

/** Returns what `npm start` prints when everything runs. */
export function welcome({ url, dataFolder, graphiql, tookMs }: Started): string {
  const base = url.replace(/\/+$/, '');
  const lines = [
    '',
    `  Sellout is ready, after ${formatTime(tookMs)}.`,
    '',
    `    Start here     ${base}/`,
    ...(graphiql ? [`    GraphiQL       ${base}/graphql`] : []),
    `    State          ${base}/ready`,
    `    Data           ${nameOf(dataFolder)} (npm run reset empties it)`,
    '',
    '  Press Ctrl-C to stop Sellout and everything that it started.',
    '',
  ];
  return `${lines.join('\n')}\n`;
}

/** Names a folder of the repository relative to it, and any other by its full path. */
function nameOf(folder: string): string {
  const relative = path.relative(ROOT, folder);
  return relative.startsWith('..') ? folder : relative || '.';
}

import path from 'node:path';
import { formatTime } from '../bootstrap/steps.mjs';
import { ROOT } from './command.ts';

interface Started {
  readonly url: string;
  /** The port of the metrics; undefined if they are off. */
  readonly metricsPort: number | undefined;
  readonly dataFolder: string;
  /** True if the API serves GraphiQL. */
  readonly graphiql: boolean;
  readonly tookMs: number;
}

/** Returns the message that `npm start` prints when everything runs. */
export function welcome({ url, metricsPort, dataFolder, graphiql, tookMs }: Started): string {
  const base = url.replace(/\/+$/, '');
  const lines = [
    '',
    `  Sellout is ready, after ${formatTime(tookMs)}.`,
    '',
    `    Shop           ${base}/`,
    `    Developers     ${base}/developers`,
    ...(graphiql ? [`    GraphiQL       ${base}/graphql`] : []),
    `    State          ${base}/ready`,
    ...(metricsPort === undefined ? [] : [`    Metrics        http://localhost:${metricsPort}/metrics`]),
    `    Data           ${displayPath(dataFolder)} (npm run reset empties it)`,
    '',
    '  Press Ctrl-C to stop Sellout and everything that it started.',
    '',
  ];
  return `${lines.join('\n')}\n`;
}

/** Shortens the path of a folder inside the repository. */
function displayPath(folder: string): string {
  const relative = path.relative(ROOT, folder);
  return relative.startsWith('..') ? folder : relative || '.';
}

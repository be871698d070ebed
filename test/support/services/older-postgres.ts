import { startRewritingProxy, type RewritingProxy } from '../proxies/rewriting-proxy.ts';

/**
 * Stands in front of PostgreSQL 18 and makes it look like PostgreSQL 15: it reports version 15, and refuses connections
 * that set `transaction_timeout`, which only newer servers have. PostgreSQL refuses every unknown setting in the same way.
 */
export function startOlderPostgres(databaseUrl: string, versionNum: string): Promise<RewritingProxy> {
  return startRewritingProxy(databaseUrl, {
    fromClient: ['transaction_timeout', 'transaction_timeouX'],
    fromServer: [versionNum, `15${versionNum.slice(2)}`],
  });
}

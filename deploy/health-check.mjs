// Exits with status 0 if a server on this machine answers with a status below 400, else with 1.
//
//   node deploy/health-check.mjs                  GET /health of the API on PORT
//   node deploy/health-check.mjs 9465             GET /health on another port, such as that of the worker's metrics
//   node deploy/health-check.mjs 4000 /ready      another path
const [port = process.env['PORT'] || '4000', path = '/health'] = process.argv.slice(2);
try {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(2_500) });
  process.exitCode = response.ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}

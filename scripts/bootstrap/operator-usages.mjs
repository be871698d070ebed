/** Usages of the commands by which an operator checks and changes a running system. */
export const operatorUsages = {
  audit: `Usage: npm run audit [-- --stopped]

  Checks the data in DATABASE_URL and REDIS_URL against the invariants. Without them, checks the services of npm
  start, or the database in the data folder if nothing runs. Exit status 0: no breach; 1: a breach, or the audit
  failed; 2: no breach, but Redis was unreachable.

  --stopped  no worker runs, for example after a restore: overdue holds are no breach`,

  inspect: `Usage: npm run inspect -- booking ID [--json]

  Prints the history of a booking in DATABASE_URL, or the database of npm start: its seats, each change with the batch
  and the version that made it, the idempotency keys as hashes, the deadline, and whether everything agrees. Changes
  nothing. Exit status 0: all agrees; 2: something disagrees; 1: there is no such booking, or the command failed.

  ID      the ID that the API returns, the UUID of the log and the database, or the number that the buyer sees
  --json  prints JSON`,

  restored: `Usage: npm run restored

  Raises the version of every event in DATABASE_URL by a million, after a restore. Clients that saw a lost version then
  get a snapshot. deploy/restore.sh runs it. After a failover or a point-in-time recovery, the servers do so themselves.`,

  'revoke-token': `Usage: npm run revoke-token -- [--subject SUBJECT]... [--id ID]...

  Revokes tokens in DATABASE_URL, or the database of npm start. API processes refuse them within two seconds, and end
  their private subscriptions.

  --subject  all tokens that this user has got until now: the claim sub, or the user ID of the log
  --id       the token with this ID: the claim jti`,

  'read-only': `Usage: npm run read-only -- on|auto|status [--reason TEXT]

  Switches the writes of all processes on DATABASE_URL, or the database of npm start, off: they refuse mutations with
  ReadOnlyError within two seconds.

  on        switches writes off, whether they work or not
  auto      lets each process decide again: it switches writes on after three good probes
  status    prints the order and changes nothing
  --reason  why, for people: clients see it`,
};

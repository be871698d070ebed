/** Usage of the commands that change or compare the tables of a database. */
export const databaseUsages = {
  'db:migrate': `Usage: npm run db:migrate [-- --print-datamodel]

  Applies pending migrations to DATABASE_URL, or to the database of npm start.

  --print-datamodel  prints the SQL that creates the whole datamodel, to write a migration from; needs no database`,

  'db:diff': `Usage: npm run db:diff

  Compares prisma/migrations with prisma/schema.prisma in scratch databases, and checks that the migrations make the
  same objects in partitioned tables (docs/schema.md). Exit status 1 if anything differs.`,

  'db:roles': `Usage: npm run -s db:roles [-- --owner ROLE]

  Prints SQL that creates a role for each connection pool, with the settings of its sessions, for use behind a
  connection pooler (docs/deployment.md). Changes nothing itself.

  --owner  role that owns the tables; default: the user of DATABASE_URL`,

  partition: `Usage: npm run partition -- list
       npm run partition -- add
       npm run partition -- archive N

  Keeps events in partitions, so that old ones can leave the database at once (docs/operations.md#archive-old-events).
  Works on the database of npm start, or on that of DATABASE_URL. Servers go on meanwhile.

  list       prints the partitions, and whether they have the same constraints and indexes
  add        adds a partition for the events that are created from now on; the first call makes today's tables the
             first partition
  archive N  moves partition N and its events into the schema archive_pN; the last of them began a day ago at least`,
};

// Stages the client module as a package of its own, so that a page can have it without the server.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { command } from './local/explain.ts';
import { refuseArguments } from './local/usage.ts';
import { PACKAGE_FOLDER, stagePackage } from './client-package/stage.ts';

await command(() => {
  refuseArguments('build:seat-feed');
  const folder = path.join(import.meta.dirname, '..', PACKAGE_FOLDER);
  rmSync(folder, { recursive: true, force: true });
  stagePackage(folder);
  console.log(`${PACKAGE_FOLDER} is ready: npm pack ./${PACKAGE_FOLDER} makes an archive of it.`);
});

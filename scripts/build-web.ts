// `npm run build:web`: builds the web shop into src/web/shop/dist, from where the API serves it.
import { refuseArguments, runCommand } from './local/command.ts';
import { buildShop } from './local/web-shop.ts';

await runCommand(async () => {
  refuseArguments('build:web');
  await buildShop();
});

import { builder } from '../builder.ts';
import { GuestSession } from '../types/guest-session.ts';

builder.mutationField('startGuestSession', (t) =>
  t.field({
    type: GuestSession,
    nullable: true,
    description:
      'Makes a buyer without an account, with a token for 30 days. Send it as `Authorization: Bearer …`, on a WebSocket as `authorization` in connection_init.',
    resolve: (_root, _args, { identity }) => identity.startGuestSession(),
  }),
);

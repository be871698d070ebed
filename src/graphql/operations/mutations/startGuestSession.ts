import { builder } from '../../schema/builder.ts';
import { GuestSession } from '../../schema/viewer.ts';

builder.mutationField('startGuestSession', (t) =>
  // guard: nullable-mutation-field
  t.field({
    type: GuestSession,
    nullable: true,
    description:
      'Creates a buyer without an account and returns an access token that is valid for 30 days. Send the token as `Authorization: Bearer …` over HTTP, and as `authorization` in the payload of `connection_init` over WebSocket.',
    resolve: (_root, _args, { identity }) => identity.startGuestSession(),
  }),
);

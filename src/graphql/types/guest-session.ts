import type { IssuedToken } from '../../identity/identity.ts';
import { builder } from '../schema/builder.ts';

export const GuestSession = builder.objectRef<IssuedToken>('GuestSession').implement({
  description: 'A guest session: a buyer without an account.',
  fields: (t) => ({
    token: t.exposeString('token', {
      description:
        'The access token of the session. Keep it secret: anyone who has it can act as this buyer.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'Time at which the token expires.',
    }),
  }),
});

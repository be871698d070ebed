import type { IssuedToken } from '../../identity/identity.ts';
import { builder } from '../builder.ts';

export const GuestSession = builder.objectRef<IssuedToken>('GuestSession').implement({
  description: 'A buyer without an account.',
  fields: (t) => ({
    token: t.exposeString('token', { description: 'Proves who is calling; whoever has it is the buyer.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'From when on the token is no longer taken.',
    }),
  }),
});

import type { ServiceState } from '../../../platform/service/service-monitor.ts';
import { builder } from '../builder.ts';

const ServiceMode = builder.enumType('ServiceMode', {
  description: 'What works at the moment.',
  values: {
    NORMAL: { description: 'Everything works.' },
    READ_ONLY: {
      description:
        'Only reads work: mutations return ReadOnlyError at once. The deadlines of holds move by the time that this lasts.',
    },
  } as const,
});

export const Service = builder.objectRef<ServiceState>('Service').implement({
  description: 'The state of the service.',
  fields: (t) => ({
    mode: t.expose('mode', { type: ServiceMode, description: 'What works at the moment.' }),
    since: t.expose('since', {
      type: 'DateTime',
      description: 'When the server that answers entered this mode.',
    }),
    reason: t.exposeString('reason', {
      nullable: true,
      description: 'Why writes are off, in English, for people. Null in NORMAL.',
    }),
  }),
});

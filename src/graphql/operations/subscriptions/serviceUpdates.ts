import { LatestSource } from '../../../platform/latest-value.ts';
import type { ServiceState } from '../../../platform/service/service-monitor.ts';
import { builder } from '../../schema/builder.ts';
import { Service } from '../../schema/operating/service.ts';

builder.subscriptionField('serviceUpdates', (t) =>
  t.field({
    type: Service,
    description:
      'Sends the state of the service: its current state first, then its new state after each change; no token is required.',
    // The state does not depend on the subscriber, so one execution serves all of them.
    extensions: { shared: {} },
    subscribe: (_root, _args, { service }) => new LatestSource(service.latest, () => undefined),
    resolve: (state) => state as ServiceState,
  }),
);

import { ExtensionRefusedError } from '../../../booking/rules/errors.ts';
import { builder } from '../../schema/builder.ts';
import { ErrorInterface } from '../error.ts';

builder.objectType(ExtensionRefusedError, {
  name: 'ExtensionRefusedError',
  description:
    'The hold cannot be extended: the event allows no extension, the hold was already extended, or it has reached its maximum lifetime. `message` says which.',
  interfaces: [ErrorInterface],
});

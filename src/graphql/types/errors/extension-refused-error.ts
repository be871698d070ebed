import { ExtensionRefusedError } from '../../../booking/errors.ts';
import { builder } from '../../builder.ts';
import { ErrorInterface } from '../error.ts';

builder.objectType(ExtensionRefusedError, {
  name: 'ExtensionRefusedError',
  description:
    'The hold keeps its deadline: the event allows no extension, or it has been extended before, or it stands for as long as a hold may. The message says which.',
  interfaces: [ErrorInterface],
});

import type { FieldKind, FieldRef, SchemaTypes } from '@pothos/core';

/**
 * Lets a loadable field return what its parent already has. There is no promise then, so the field can take part in an
 * execution that does not wait.
 */
export function orKnown<Types extends SchemaTypes, T, Kind extends FieldKind>(
  field: FieldRef<Types, T, Kind>,
  known: (parent: unknown) => object | undefined,
): FieldRef<Types, T, Kind> {
  field.updateConfig((config) => {
    const { resolve } = config;
    // guard: seat-update-known
    return { ...config, resolve: (parent, ...rest) => known(parent) ?? resolve?.(parent, ...rest) };
  });
  return field;
}

import type { FieldKind, FieldRef, SchemaTypes } from '@pothos/core';

/**
 * Makes a loadable field return the value that its parent already has, if any, instead of loading it. Such a value is not
 * a promise, so the field can be part of a synchronous execution.
 */
export function withPreloaded<Types extends SchemaTypes, T, Kind extends FieldKind>(
  field: FieldRef<Types, T, Kind>,
  getPreloaded: (parent: unknown) => object | undefined,
): FieldRef<Types, T, Kind> {
  field.updateConfig((config) => {
    const { resolve } = config;
    // guard: seat-update-known
    return { ...config, resolve: (parent, ...rest) => getPreloaded(parent) ?? resolve?.(parent, ...rest) };
  });
  return field;
}

import { z } from 'zod';

/** A duration in whole seconds. */
export const seconds = (max: number) => z.coerce.number().int().min(1).max(max);

/** Requires a URL with one of the protocols. The message shows the expected form. */
export function url(form: string, ...protocols: string[]) {
  return z.string().refine((value) => protocols.includes(URL.parse(value)?.protocol ?? ''), {
    message: `must be a URL such as ${form}`,
  });
}

/** Values that are separated by commas. */
export const list = z.string().transform((text) => text.split(',').flatMap((part) => part.trim() || []));

import type { en } from './en.ts';

export type TextKey = keyof typeof en;
/** The texts of a language. */
export type Catalog = Readonly<Record<TextKey, string>>;

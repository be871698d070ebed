import { setupI18n } from '@lingui/core';
import type { Catalog, TextKey } from './catalog.ts';
import { en } from './en.ts';
import { ofBrowser, readStored, writeStored } from '../api/stored.ts';
import { isolate } from './isolate.ts';
import * as v from 'valibot';

const languages = ['en', 'de'] as const;
export type Language = (typeof languages)[number];

const KEY = 'sellout.language';

// vite.config.ts compiles the messages.
const i18n = setupI18n();

/** Returns a text of the page in its language. `values` are numbers, and texts that cannot reorder the rest. */
export function t(key: TextKey, values: Readonly<Record<string, string | number>> = {}): string {
  const isolated = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'string' ? isolate(value) : value,
  ]);
  return i18n._(key, Object.fromEntries(isolated) as typeof values);
}

export function getLanguage(): Language {
  return languages.find((language) => language === i18n.locale) ?? 'en';
}

/** The language that the buyer has chosen, else the first of the browser's that the shop has. */
export function choosePreferred(): Language {
  const chosen = readStored(ofBrowser, KEY, v.picklist(languages));
  if (chosen !== null) return chosen;
  const wanted = navigator.languages.map((name) => name.slice(0, 2).toLowerCase());
  return languages.find((language) => language === wanted.find((name) => isLanguage(name))) ?? 'en';
}

function isLanguage(name: string): name is Language {
  return languages.some((language) => language === name);
}

export async function activate(language: Language): Promise<void> {
  const catalog: Catalog = language === 'de' ? (await import('./de.ts')).de : en;
  i18n.loadAndActivate({ locale: language, messages: { ...catalog } });
}

export function rememberLanguage(language: Language): void {
  writeStored(ofBrowser, KEY, language);
}

import { t } from '../../text/i18n.ts';
import type { TextKey } from '../../text/catalog.ts';
import { CHECK, STAR } from '../signs.ts';

/** The shapes that the map draws. Drawn, because the fonts of some devices lack such characters. */
const signs: readonly (readonly [TextKey, string])[] = [
  ['legendFree', 'M10 4a6 6 0 1 0 0 12a6 6 0 1 0 0 -12z'],
  ['legendSelected', 'M3 6a3 3 0 0 1 3 -3h8a3 3 0 0 1 3 3v8a3 3 0 0 1 -3 3h-8a3 3 0 0 1 -3 -3z'],
  ['legendMine', 'M3 6a3 3 0 0 1 3 -3h8a3 3 0 0 1 3 3v8a3 3 0 0 1 -3 3h-8a3 3 0 0 1 -3 -3z'],
  ['legendHeld', 'M10 5a5 5 0 1 0 0 10a5 5 0 1 0 0 -10z'],
  ['legendBooked', 'M6 6l8 8M6 14l8 -8'],
  ['legendBlocked', 'M5 10h10'],
];
const marks: Partial<Record<TextKey, string>> = {
  legendSelected: CHECK,
  legendMine: STAR,
};

export function Legend() {
  return (
    <ul className="map-legend" aria-label={t('legend')}>
      {signs.map(([text, shape]) => (
        <li key={text} data-sign={text}>
          <svg viewBox="0 0 20 20" width="16" height="16" aria-hidden="true">
            <path className="shape" d={shape} />
            {marks[text] !== undefined && <path className="mark-on" d={marks[text]} />}
          </svg>
          {t(text)}
        </li>
      ))}
    </ul>
  );
}

import { getLanguage, t, type Language } from './i18n.ts';

interface LabelParts {
  readonly label: string;
  readonly section: string;
  readonly row: string;
  readonly number: string;
}

interface Words {
  readonly language: Language;
  readonly row: string;
  readonly seat: string;
}

const PLACE = '%s';
let words: Words | null = null;

/** Read once per language, because a hall may have 80,000 labels. */
function getWords(): Words {
  const language = getLanguage();
  if (words?.language !== language) {
    words = { language, row: t('labelRow', { name: PLACE }), seat: t('labelSeat', { name: PLACE }) };
  }
  return words;
}

/**
 * Returns the label of a seat in the language of the page. The server writes labels in English, such as "Block B, row 3, seat 12".
 * Texts that the plan has instead of "row 3" or "seat 12" stay as they are.
 */
export function getSeatLabel({ label, section, row, number }: LabelParts): string {
  const { language, row: rowWord, seat: seatWord } = getWords();
  if (language === 'en' || !label.startsWith(section)) return label;
  let text = section;
  let rest = label.slice(section.length);
  const rowPart = `, row ${row}`;
  if (row !== '' && (rest === rowPart || rest.startsWith(`${rowPart}, `))) {
    text += `, ${rowWord.replace(PLACE, () => row)}`;
    rest = rest.slice(rowPart.length);
  }
  const seatPart = `, seat ${number}`;
  if (number === '' || !rest.endsWith(seatPart)) return text + rest;
  return `${text}${rest.slice(0, -seatPart.length)}, ${seatWord.replace(PLACE, () => number)}`;
}

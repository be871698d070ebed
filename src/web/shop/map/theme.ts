/** Colors of the map, read from the custom properties of the page, so that a shop's theme and dark mode apply. */
export interface Theme {
  /** The palette of Okabe and Ito, by position. */
  readonly tiers: readonly string[];
  /** Color of numbers on each color of the palette. */
  readonly inks: readonly string[];
  readonly background: string;
  readonly card: string;
  readonly text: string;
  readonly soft: string;
  readonly line: string;
  readonly control: string;
  readonly accent: string;
  readonly onAccent: string;
  readonly good: string;
  /** The colors of seats: those of the tiers, then those of selected, own and all other seats. */
  readonly paints: readonly string[];
  readonly focus: string;
  readonly font: string;
  readonly isDark: boolean;
}

/** Number of colors for tiers. */
export const TIERS = 8;

export function readTheme(container: HTMLElement): Theme {
  const probe = document.createElement('span');
  container.append(probe);
  const resolve = (property: string) => {
    probe.style.color = `var(${property})`;
    return getComputedStyle(probe).color;
  };
  const tiers = Array.from({ length: TIERS }, (_, position) => {
    probe.dataset['color'] = String(position);
    return resolve('--tier');
  });
  const accent = resolve('--accent');
  const good = resolve('--good');
  const control = resolve('--control');
  const theme: Theme = {
    tiers,
    paints: [...tiers, accent, good, control],
    inks: tiers.map(chooseInk),
    background: resolve('--background'),
    card: resolve('--card'),
    text: resolve('--text'),
    soft: resolve('--soft'),
    line: resolve('--line'),
    control,
    accent,
    onAccent: resolve('--on-accent'),
    good,
    focus: resolve('--focus'),
    font: getComputedStyle(container).fontFamily,
    isDark: chooseInk(resolve('--card')) === '#ffffff',
  };
  probe.remove();
  return theme;
}

/** Returns black or white, whichever has the higher contrast with a computed color (`rgb(…)`). */
function chooseInk(color: string): string {
  const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? []).map((part) =>
    toLinear(Number(part) / 255),
  );
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05 ? '#ffffff' : '#000000';
}

function toLinear(part: number): number {
  return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}

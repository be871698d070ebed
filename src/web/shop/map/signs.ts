/* Signs of the buyer's seats, as SVG paths in a square of 20 units. Drawn, because the fonts of some devices lack such characters. */

export const CHECK = 'M6 10.5l3 3l5 -6';
export const STAR = 'M10 5l1.5 3.2l3.5 .4l-2.6 2.4l.7 3.5l-3.1 -1.8l-3.1 1.8l.7 -3.5l-2.6 -2.4l3.5 -.4z';
/** Side of the square that these signs stand on, in the same units. */
export const SIGN_SQUARE = 14;

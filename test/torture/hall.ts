/** Of every hall in a torture run: the driver builds it so, and the checker knows rows by it. */
export const SEATS_PER_ROW = 10;

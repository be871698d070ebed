/** How people behave. Assumed, not measured: replace them with figures of your own sales. */
export const habits = {
  lobbySeconds: 1_800,
  /** Mean time after which somebody who waits closes the page. */
  patienceSeconds: 7_200,
  /** Mean time after which the waiting leave once everything is sold. */
  disappointedSeconds: 60,
  /** Popularity of the events: the one with rank r attracts people in proportion to r to the power of this, negative. */
  popularityExponent: 0.5,
  /** Shares of the bookings of one, two, three and four seats. */
  partyShares: [0.25, 0.5, 0.12, 0.13],
  /** Time to react to being called. */
  claimSeconds: [1, 4],
  /** Median time to choose seats, log-normal with the spread. */
  chooseSeconds: 30,
  /** The same after a refusal, because the seats were taken. */
  chooseAgainSeconds: 8,
  /** Median time to pay, and to give the seats back. */
  paySeconds: 60,
  spread: 0.6,
  confirmShare: 0.85,
  /** Share of the holds that are released. The others are left to expire. */
  releaseShare: 0.05,
  /** Attempts to hold seats, after which somebody gives up. */
  attemptsMax: 8,
  /** Popular seats: as if only a third of the available seats were wanted. */
  rivalry: 3,
} as const;

/** Mean number of seats of a booking. */
export const seatsPerBooking = habits.partyShares.reduce((sum, share, i) => sum + share * (i + 1), 0);

/** HOLD_TTL_SECONDS. */
export const HOLD_SECONDS = 300;
/** Time for which the room keeps the slot of a called number that nobody claims. */
export const CLAIM_WITHIN_SECONDS = 60;

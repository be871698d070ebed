import type { GroupCommit } from '../../booking/batch/group-commit.ts';
import type { Identity } from '../../identity/identity.ts';
import type { Viewer } from '../../identity/viewer.ts';
import type { DatabaseClock } from '../../platform/database/clock.ts';
import type { Database } from '../../platform/database/db.ts';
import type { Logger } from '../../platform/observability/logger.ts';
import type { BestAvailable } from '../../seating/best-available/best-available.ts';
import type { BookingUpdates } from '../../seating/live/booking-updates.ts';
import type { EventLayouts } from '../../seating/layout/event-layouts.ts';
import type { SeatDetails } from '../../seating/live/seat-details.ts';
import type { LiveFeeds } from '../../seating/live/live-feeds.ts';
import type { PublicVersions } from '../../seating/map/public-versions.ts';
import type { SeatMaps } from '../../seating/map/seat-maps.ts';
import type { VenueLayouts } from '../../seating/layout/venue-layouts.ts';

/** The services that resolvers use. main/context.ts creates each of them once. */
export interface Services {
  readonly database: Database;
  readonly clock: DatabaseClock;
  readonly identity: Identity;
  readonly venueLayouts: VenueLayouts;
  readonly eventLayouts: EventLayouts;
  readonly feeds: LiveFeeds;
  readonly seatDetails: SeatDetails;
  readonly bookingUpdates: BookingUpdates;
  readonly seatMaps: SeatMaps;
  readonly publicVersions: PublicVersions;
  readonly groupCommit: GroupCommit;
  readonly bestAvailable: BestAvailable;
  /** How long a hold stands where its event does not say. */
  readonly defaultHoldTtlMs: number;
  readonly logger: Logger;
}

/** The context of an execution that serves many callers: what is the same for all of them, and in memory. */
export type SharedContext = Pick<Services, 'seatDetails'>;

/** The context of one operation. */
export interface GraphQLContext extends Services {
  /** Null: no token, or a bad one. Fields that need a caller answer UNAUTHENTICATED then. */
  readonly viewer: Viewer | null;
  /** In the logs and in masked errors. */
  readonly requestId: string;
}

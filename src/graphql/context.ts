import type { GroupCommit } from '../booking/batch/group-commit.ts';
import type { RequestReads } from '../booking/requests/read-requests.ts';
import type { RequestQueue } from '../booking/requests/request-queue.ts';
import type { RequestUpdates } from '../booking/requests/request-updates.ts';
import type { Identity } from '../identity/identity.ts';
import type { Viewer } from '../identity/viewer.ts';
import type { DatabaseClock } from '../platform/database/clock.ts';
import type { Database } from '../platform/database/db.ts';
import type { Logger } from '../platform/observability/logger.ts';
import type { ServiceMonitor } from '../platform/service/service-monitor.ts';
import type { BestAvailable } from '../seating/best-available/best-available.ts';
import type { BookingUpdates } from '../seating/live/booking-updates.ts';
import type { EventLayouts } from '../seating/layout/event-layouts.ts';
import type { SeatDetails } from '../seating/live/seat-details.ts';
import type { LiveFeeds } from '../seating/live/live-feeds.ts';
import type { PublicVersions } from '../seating/map/public-versions.ts';
import type { SeatMaps } from '../seating/map/seat-maps.ts';
import type { VenueLayouts } from '../seating/layout/venue-layouts.ts';
import type { RequestBudget } from '../traffic/rate-limits.ts';
import type { WaitingRooms } from '../waiting-room/waiting-rooms.ts';
import type { EventCounts } from './reads/event-counts.ts';

/** The services that resolvers use. Created once, in main. */
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
  /** Switches writes off and on. */
  readonly service: ServiceMonitor;
  /** Logs what happens to bookings. */
  readonly eventLogger: Logger;
  readonly bestAvailable: BestAvailable;
  readonly eventCounts: EventCounts;
  readonly requestQueue: RequestQueue;
  readonly requestReads: RequestReads;
  readonly requestUpdates: RequestUpdates;
  readonly waitingRooms: WaitingRooms;
  /** The lifetime of a hold if its event does not set one. */
  readonly defaultHoldTtlMs: number;
  readonly logger: Logger;
}

/** The context of a shared execution: only services that are in memory and the same for every caller. */
export type SharedContext = Pick<Services, 'seatDetails'>;

/** The context of one operation. */
export interface GraphQLContext extends Services {
  /** Null if the request has no valid token. Fields that require a caller then fail with UNAUTHENTICATED. */
  readonly viewer: Viewer | null;
  /** The ID of the request in log lines and masked errors. */
  readonly requestId: string;
  /** Counts the calls of the request; null if rate limits are off. */
  readonly budget: RequestBudget | null;
}

/** The context of fields that require a caller. */
export interface AuthenticatedContext extends GraphQLContext {
  readonly viewer: Viewer;
}

/*
 * The state machine that switches writes off in one process. It is pure: the caller passes events and the time.
 *
 *            signal                                  ordered READ_ONLY
 *   OPEN ───────────────▶ READ_ONLY ────────────────────────────────────▶ FORCED
 *     ▲                    │  ▲  ▲ │                                        │ ▲
 *     └────────────────────┘  │  │ └── probe fails: count again             │ │
 *       good probes in a row, │  │                                          │ │
 *       minimum stay over     │  └──────────────────────────────────────────┘ │
 *                             │       ordered AUTO                            │
 *   OPEN ─────────────────────┴── ordered READ_ONLY ──────────────────────────┘
 *
 *   state      signal             good probe            failed probe   ordered READ_ONLY   ordered AUTO
 *   OPEN       READ_ONLY          –                     –              FORCED              –
 *   READ_ONLY  good probes = 0    +1, or OPEN (see it)  good probes=0  FORCED              –
 *   FORCED     –                  –                     –              – (new reason)      READ_ONLY (RELEASED)
 *
 * In READ_ONLY, the process commits one probe a second (service-monitor.ts) and refuses all other writes. FORCED is the
 * operator's order: nothing is written, not even probes. When the order ends, probes show whether writes work before the
 * gate opens.
 */

/** Why writes are off. */
export type ReadOnlyCause =
  'COMMIT_STUCK' | 'STALLED' | 'UNREACHABLE' | 'SLOW' | 'SERVER_READ_ONLY' | 'DISK_FULL' | 'RELEASED';

/** The operator's order, as the database has it. */
export interface Order {
  readonly mode: 'AUTO' | 'READ_ONLY';
  readonly reason: string | null;
  readonly sinceMs: number;
}

export type GateState =
  | { readonly kind: 'OPEN'; readonly sinceMs: number }
  | {
      readonly kind: 'READ_ONLY';
      readonly sinceMs: number;
      readonly cause: ReadOnlyCause;
      /** Number of probes in a row that succeeded fast enough. */
      readonly goodProbes: number;
    }
  | { readonly kind: 'FORCED'; readonly sinceMs: number; readonly reason: string | null };

export type GateEvent =
  | { readonly kind: 'signal'; readonly cause: ReadOnlyCause }
  /** `durationMs` is null if the probe failed. */
  | { readonly kind: 'probe'; readonly durationMs: number | null }
  | { readonly kind: 'order'; readonly order: Pick<Order, 'mode' | 'reason'> };

export interface GateLimits {
  /** Minimum time in READ_ONLY, so that the mode does not flap. See `getStayMinMs`. */
  readonly stayMinMs: number;
  /** Maximum duration of a good probe. */
  readonly goodProbeMsMax: number;
  /** Good probes in a row after which writes are on again. */
  readonly goodProbesMin: number;
}

export const gateLimits: GateLimits = {
  stayMinMs: 5_000,
  goodProbeMsMax: 750,
  goodProbesMin: 3,
};

/** Returns the state after an event; the same object if nothing changes. */
export function advance(state: GateState, event: GateEvent, nowMs: number, limits = gateLimits): GateState {
  if (event.kind === 'order') return follow(state, event.order, nowMs);
  if (state.kind === 'FORCED') return state; // guard: forced-until-released
  if (event.kind === 'signal') {
    if (state.kind === 'OPEN')
      return { kind: 'READ_ONLY', sinceMs: nowMs, cause: event.cause, goodProbes: 0 };
    return state.goodProbes === 0 ? state : { ...state, goodProbes: 0 }; // guard: signal-restarts-count
  }
  return state.kind === 'OPEN' ? state : count(state, event.durationMs, nowMs, limits);
}

function follow(
  state: GateState,
  { mode, reason }: Pick<Order, 'mode' | 'reason'>,
  nowMs: number,
): GateState {
  if (mode === 'READ_ONLY') {
    if (state.kind === 'FORCED' && state.reason === reason) return state;
    return { kind: 'FORCED', sinceMs: state.kind === 'FORCED' ? state.sinceMs : nowMs, reason };
  }
  if (state.kind !== 'FORCED') return state;
  return { kind: 'READ_ONLY', sinceMs: state.sinceMs, cause: 'RELEASED', goodProbes: 0 };
}

/**
 * Returns the minimum time in a state. An unreachable server is noticed only after five seconds, so this cause cannot flap and
 * needs no minimum: writes go on as soon as the new primary of a failover answers.
 */
export function getStayMinMs(state: GateState, { stayMinMs }: GateLimits): number {
  return state.kind === 'READ_ONLY' && state.cause === 'UNREACHABLE' ? 0 : stayMinMs;
}

type ReadOnly = Extract<GateState, { readonly kind: 'READ_ONLY' }>;

function count(state: ReadOnly, durationMs: number | null, nowMs: number, limits: GateLimits): GateState {
  const isGood = durationMs !== null && durationMs <= limits.goodProbeMsMax; // guard: slow-probe-is-bad
  const goodProbes = isGood ? state.goodProbes + 1 : 0; // guard: failed-probe-restarts-count
  const isOver = nowMs - state.sinceMs >= getStayMinMs(state, limits); // guard: read-only-stay
  // guard: good-probes-in-a-row
  if (isOver && goodProbes >= limits.goodProbesMin) return { kind: 'OPEN', sinceMs: nowMs };
  return goodProbes === state.goodProbes ? state : { ...state, goodProbes };
}

/** The documentation of a setting. */
export interface Setting {
  readonly group:
    'Server' | 'Tracing' | 'Limits' | 'Rate limits' | 'Shutdown' | 'Services' | 'Booking' | 'Authentication';
  /** Default in words, if the schema has none or the default depends on other settings. */
  readonly default?: string;
  /** Value that `.env.example` shows if there is no default. */
  readonly example?: string;
  /** What the setting does, in Markdown. */
  readonly meaning: string;
}

/** One invariant of the books, as SQL that lists what breaks it. */
export interface Invariant {
  /** `I` and its number in docs/reliability.md; a letter keeps two checks of one number apart. */
  readonly id: string;
  readonly rule: string;
  /** What keeps it, besides this check. */
  readonly keptBy: string;
  /** `always` holds on any snapshot, whatever goes on; `eventually` holds again within a minute after the last fault. */
  readonly timing: 'always' | 'eventually';
  /** Answers one row per violation; `subject` names it, and never quotes what must not be seen. Reads, and reads only. */
  readonly violations: string;
  /** The same over everything, where `violations` looks at the newest part only. */
  readonly thorough?: string;
  /** A table that may not be there; without it there is nothing to check. */
  readonly needs?: string;
}

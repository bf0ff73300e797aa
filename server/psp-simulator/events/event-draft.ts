/** An event before it has an id: what happened, to which object, and the object as wire JSON at that moment. */
export interface EventDraft {
  readonly type: string;
  readonly object_id: string;
  readonly object: string;
  /** The connected account that it is about; none when it is the platform's own. */
  readonly account?: string | null;
}

import { beginLooks } from '#payments';

/** Most attempts of which this process waits for the provider's answer: each may take until the time-out. */
const MAX_LOOKS = 100;

/**
 * Rounds over the attempts that are due. A round only begins the looks: one on which the provider hangs holds up no other, and a
 * payment that somebody reads is asked about at once.
 */
export function lookAtDue(onError: (error: unknown) => void): {
  /** Begins what there is room for, and answers how many looks that were. */
  readonly run: () => Promise<number>;
  /** Resolves when every look has its answer. */
  readonly ended: () => Promise<unknown>;
} {
  const underWay = new Set<Promise<unknown>>();
  return {
    async run() {
      const begun = await beginLooks(MAX_LOOKS - underWay.size);
      for (const look of begun) {
        const ended = look.catch(onError).finally(() => underWay.delete(ended));
        underWay.add(ended);
      }
      return begun.length;
    },
    ended: () => Promise.all(underWay),
  };
}

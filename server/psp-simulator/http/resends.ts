const SDK = /^Stripe\//;
/** Keys of calls whose resend never came are forgotten beyond this number. */
const MAX_REMEMBERED = 10_000;

export interface Resends {
  /** Remembers that the connection of a call is cut now. */
  expect(key: string | null, userAgent: string | undefined): void;
  /** True once for the resend of a call that was cut. */
  isExpected(key: string | null): boolean;
}

/**
 * Stripe's SDK sends a call again by itself, once, when its connection is cut, even with retries off. A cut call would
 * then look healthy to its user, so that resend is cut as well: one lost call is lost for whoever uses the SDK.
 */
export function createResends(): Resends {
  const keys = new Set<string>();
  return {
    expect(key, userAgent = '') {
      if (key === null || !SDK.test(userAgent)) return;
      for (const oldest of keys) {
        if (keys.size < MAX_REMEMBERED) break;
        keys.delete(oldest);
      }
      keys.add(key);
    },
    isExpected: (key) => key !== null && keys.delete(key),
  };
}

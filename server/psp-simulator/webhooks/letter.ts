import type { DeliveryRow, EndpointRow, EventRow } from '../database/rows.ts';
import { renderEvent } from '../events/render-event.ts';
import { signatureHeader } from './sign.ts';

/** Twice the age that Stripe's SDK takes. */
const STALE_SECONDS = 600;
/** Nobody's secret. */
const FORGERS_SECRET = 'whsec_of_somebody_who_guesses_000000000';

interface Letter {
  readonly body: string;
  readonly signature: string;
}

/**
 * What is sent for an event at `realTime` (Unix seconds, as the receiver's clock shows it), signed with every secret that is valid.
 * A `stale` letter is a true one sent long after it was signed; a `forged` one tells an event that never was, by a wrong secret.
 */
export function letterOf(
  event: EventRow & Pick<DeliveryRow, 'flaw'>,
  endpoint: EndpointRow,
  times: { readonly realTime: number; readonly now: number },
): Letter {
  if (event.flaw === 'forged') {
    const body = renderEvent({ ...event, id: event.id.replace('evt_', 'evt_forged_') }, 1);
    return { body, signature: signatureHeader(body, [FORGERS_SECRET], times.realTime) };
  }
  const body = renderEvent(event, 1);
  const signedAt = event.flaw === 'stale' ? times.realTime - STALE_SECONDS : times.realTime;
  return { body, signature: signatureHeader(body, secretsOf(endpoint, times.now), signedAt) };
}

/** The secrets that events are signed with now: two while one rolls. */
function secretsOf({ secret, previous_secret, previous_secret_until }: EndpointRow, now: number): string[] {
  return previous_secret !== null && (previous_secret_until ?? 0) > now ? [secret, previous_secret] : [secret];
}

/**
 * The payment page's only correspondent: the PSP, called with its publishable key. Card data leaves the browser through
 * this file and nowhere else.
 */

export interface PageLine {
  readonly description: string;
  readonly seller: string | null;
  readonly quantity: number;
  /** Minor units. */
  readonly amount_total: number;
}

export interface PageError {
  readonly code: string;
  readonly decline_code?: string | null;
  readonly message: string;
}

/** What the PSP tells the shopper's browser about a checkout session. Amounts are integer minor units. */
export interface PaymentPage {
  readonly id: string;
  readonly status: 'open' | 'complete' | 'expired';
  readonly payment_status: string;
  readonly amount_total: number;
  readonly currency: string;
  readonly customer_email: string | null;
  readonly merchant: { readonly name: string };
  readonly line_items: readonly PageLine[];
  /** Unix seconds. */
  readonly expires_at: number;
  readonly success_url?: string | null;
  readonly cancel_url: string | null;
  readonly livemode: boolean;
  readonly payment_intent: {
    readonly id: string;
    readonly status: string;
    readonly last_payment_error: PageError | null;
    readonly next_action: { readonly redirect_to_url?: { readonly url: string } } | null;
  } | null;
}

export interface CardEntry {
  readonly number: string;
  readonly month: number;
  readonly year: number;
  readonly cvc: string;
  readonly name: string;
  readonly email: string | null;
  readonly country: string;
  readonly postalCode: string;
}

/** `refused` is the PSP's definite no and nothing was charged; `unreachable` means that nobody knows yet. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly kind: 'refused';
      readonly status: number;
      readonly code: string;
      readonly message: string;
    }
  | { readonly ok: false; readonly kind: 'unreachable' };

export type ChallengeOutcome = 'approve' | 'fail' | 'cancel';

export interface SimulatorAccess {
  readonly origin: string;
  readonly publishableKey: string;
}

/** Longest wait for one answer of the PSP, in milliseconds; then its outcome counts as unknown and is asked for. */
const TIMEOUT_MS = 20_000;

export function getPage(access: SimulatorAccess, id: string): Promise<Answer<PaymentPage>> {
  return call(access, 'GET', `/v1/payment_pages/${encodeURIComponent(id)}`);
}

/** Trades the card for a token. Nothing is charged here, whatever the answer. */
export function createPaymentMethod(
  access: SimulatorAccess,
  card: CardEntry,
): Promise<Answer<{ readonly id: string }>> {
  return call(access, 'POST', '/v1/payment_methods', {
    type: 'card',
    'card[number]': card.number,
    'card[exp_month]': String(card.month),
    'card[exp_year]': String(card.year),
    'card[cvc]': card.cvc,
    'billing_details[name]': card.name,
    'billing_details[address][country]': card.country,
    ...(card.postalCode ? { 'billing_details[address][postal_code]': card.postalCode } : {}),
    ...(card.email ? { 'billing_details[email]': card.email } : {}),
  });
}

export function confirm(access: SimulatorAccess, id: string, paymentMethod: string): Promise<Answer<PaymentPage>> {
  return call(access, 'POST', `/v1/payment_pages/${encodeURIComponent(id)}/confirm`, { payment_method: paymentMethod });
}

export function answerChallenge(
  access: SimulatorAccess,
  id: string,
  outcome: ChallengeOutcome,
): Promise<Answer<PaymentPage>> {
  return call(access, 'POST', `/v1/payment_pages/${encodeURIComponent(id)}/challenge`, { outcome });
}

export function extend(access: SimulatorAccess, id: string): Promise<Answer<PaymentPage>> {
  return call(access, 'POST', `/v1/payment_pages/${encodeURIComponent(id)}/extend`, {});
}

async function call<T>(
  access: SimulatorAccess,
  method: 'GET' | 'POST',
  path: string,
  form?: Record<string, string>,
): Promise<Answer<T>> {
  try {
    const response = await fetch(access.origin + path, {
      method,
      headers: { Authorization: `Bearer ${access.publishableKey}` },
      body: form && new URLSearchParams(form),
      cache: 'no-store',
      credentials: 'omit',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.ok) return { ok: true, value: (await response.json()) as T };
    if (response.status >= 500) return { ok: false, kind: 'unreachable' };
    const { error } = (await response.json()) as { error: PageError };
    return {
      ok: false,
      kind: 'refused',
      status: response.status,
      code: error.decline_code ?? error.code,
      message: error.message,
    };
  } catch {
    return { ok: false, kind: 'unreachable' };
  }
}

/**
 * The number of a seller's bank account leaves the browser through this file, to the payment provider, and nowhere else: our own
 * server gets the token that comes back.
 */

export interface ProviderAccess {
  readonly origin: string;
  readonly publishableKey: string;
}

export interface BankEntry {
  readonly country: string;
  readonly currency: string;
  /** Of the bank; none for an IBAN. */
  readonly routingNumber: string;
  readonly accountNumber: string;
}

/** Longest wait for the provider, in milliseconds. */
const TIMEOUT_MS = 20_000;

/** Trades a bank account's number for a token. Throws an Error whose message is for the reader. */
export async function createBankToken({ origin, publishableKey }: ProviderAccess, bank: BankEntry): Promise<string> {
  const form = new URLSearchParams({
    'bank_account[country]': bank.country,
    'bank_account[currency]': bank.currency.toLowerCase(),
    'bank_account[account_number]': bank.accountNumber.replaceAll(/\s/g, ''),
  });
  if (bank.routingNumber) form.set('bank_account[routing_number]', bank.routingNumber.replaceAll(/\s/g, ''));
  const response = await fetch(`${origin}/v1/tokens`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${publishableKey}` },
    body: form,
    cache: 'no-store',
    credentials: 'omit',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => {
    throw new Error('The payment provider did not answer. Nothing was changed.');
  });
  const answer = (await response.json().catch(() => ({}))) as { id?: string; error?: { message?: string } };
  if (!response.ok || !answer.id) throw new Error(answer.error?.message ?? 'The payment provider refused this number.');
  return answer.id;
}

import { type Answer, seeOther } from '../http/answer.ts';
import { StripeError } from '../http/stripe-error.ts';
import type { Context } from '../requests/request.ts';
import type { renderPage } from './page.ts';

/**
 * Turns an answer of the payment page into what a browser without JavaScript can follow: always a redirect, to the merchant,
 * to the challenge, or back to the page with `?declined=code`.
 */
export async function asRedirect(
  { simulator, request }: Context,
  work: () => Answer | Promise<Answer>,
): Promise<Answer> {
  const page = `${simulator.config.PSP_HOSTED_PAGE_URL}/${encodeURIComponent(request.ids.id ?? '')}`;
  try {
    return whereTo(await work(), page);
  } catch (error) {
    if (!(error instanceof StripeError) || error.status >= 500) throw error;
    return declined(page, error.fields.decline_code ?? error.fields.code);
  }
}

function whereTo(answer: Answer, page: string): Answer {
  if (answer.lost) return answer;
  const body = JSON.parse(answer.body) as ReturnType<typeof renderPage> & {
    error?: { code?: string; decline_code?: string };
  };
  if (body.error) return declined(page, body.error.decline_code ?? body.error.code);
  const challenge = body.status === 'open' && body.payment_intent.next_action?.redirect_to_url.url;
  return seeOther(body.success_url || challenge || page);
}

function declined(page: string, code = 'card_declined'): Answer {
  return seeOther(`${page}?declined=${encodeURIComponent(code)}`);
}

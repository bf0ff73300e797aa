import { toAppError } from '#db';
import { AppError } from '#kernel';
import { log, requestIdFrom, underRequestId } from '#observability';
import { admit, readBody, refusalHeaders } from '#runtime';
import { MAX_WEBHOOK_BYTES, receiveWebhook } from '#webhooks';

/**
 * Takes one webhook of the payment provider and answers 200 once it is stored; handling it is the worker's part. Whatever else
 * is answered makes the provider send it again. The body is read as bytes and never parsed before its signature is verified; the log
 * learns that one was refused and why, and nothing that stood in it.
 */
export function pspWebhook(request: Request): Promise<Response> {
  const requestId = requestIdFrom(request.headers.get('request-id'));
  return underRequestId(requestId, async () => {
    try {
      await admit('webhook', async () =>
        receiveWebhook(await readBody(request, MAX_WEBHOOK_BYTES), request.headers.get('stripe-signature')),
      );
      return Response.json({ received: true }, { headers: { 'request-id': requestId } });
    } catch (error) {
      return refusal(error, requestId);
    }
  });
}

function refusal(error: unknown, requestId: string): Response {
  const known = error instanceof AppError ? error : toAppError(error);
  if (!known) log().error({ err: error }, 'a webhook met a defect');
  const refused = known ?? new AppError('internal_error', '');
  const { code, status } = refused;
  log().warn({ code, status }, 'a webhook was not taken');
  const headers = refusalHeaders(refused);
  headers.set('request-id', requestId);
  return Response.json({ code }, { status, headers });
}

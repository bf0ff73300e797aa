import { toAppError } from '#db';
import { AppError } from '#kernel';
import { log } from '#observability';
import { MAX_WEBHOOK_BYTES, receiveWebhook } from '#webhooks';

/**
 * Takes one webhook of the payment provider and answers 200 once it is stored; handling it is the worker's part. Whatever else
 * is answered makes the provider send it again. The body is read as bytes and never parsed before its signature is verified.
 */
export async function pspWebhook(request: Request): Promise<Response> {
  try {
    await receiveWebhook(await readBytes(request, MAX_WEBHOOK_BYTES), request.headers.get('stripe-signature'));
    return Response.json({ received: true });
  } catch (error) {
    const known = error instanceof AppError ? error : toAppError(error);
    if (!known) log().error({ err: error }, 'a webhook met a defect');
    const { code, status } = known ?? new AppError('internal_error', '');
    log().warn({ code, status }, 'a webhook was not taken');
    return Response.json({ code }, { status });
  }
}

/** The raw body; throws `body_too_large` as soon as the limit is passed, whatever length was announced. */
async function readBytes(request: Request, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > limit) throw new AppError('body_too_large', `A webhook may have ${limit} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

import { toAppError } from '#db';
import { AppError } from '#kernel';
import { admit, readBody, refusalHeaders, withBody } from '#runtime';

/** Longest body, in bytes: a form has an address, a password, and a token of three hundred characters. */
const MAX_BODY_BYTES = 16 * 1024;

/**
 * Stands before next-auth, which reads whatever is sent to it, however long that is and takes, and trips over malformed JSON. Anybody
 * may send here, so the body is read before it takes a place. Answers a refusal with its code alone.
 */
export async function guardSignIn(
  request: Request,
  proceed: (request: Request) => Promise<Response>,
): Promise<Response> {
  if (!request.body) return proceed(request);
  try {
    const body = await readBody(request, MAX_BODY_BYTES);
    refuseMalformed(request.headers, body);
    return await admit('write', () => proceed(withBody(request, body)));
  } catch (error) {
    const refused = error instanceof AppError ? error : toAppError(error);
    if (!refused) throw error;
    return Response.json({ code: refused.code }, { status: refused.status, headers: refusalHeaders(refused) });
  }
}

/** By the type of the content as next-auth understands it. */
function refuseMalformed(headers: Headers, body: Buffer): void {
  if (!headers.get('content-type')?.includes('application/json')) return;
  try {
    JSON.parse(body.toString());
  } catch {
    throw new AppError('json_malformed', 'The request body is not well-formed JSON.');
  }
}

import { log } from '#observability';
import { readBody } from '#runtime';

/** Longest report that is read, in bytes. */
const MAX_BODY = 16 * 1024;
/** Reports written per minute and process: enough to learn of a broken page, too few to flood the log with. */
const REPORTS_PER_MINUTE = 60;

let minute = 0;
let written = 0;

/** Takes what browsers say about broken content security policies, and writes it to the log. Answers 204 in any case. */
export async function POST(request: Request): Promise<Response> {
  const body = await readBody(request, MAX_BODY).catch(() => null);
  if (body && mayWrite(Date.now())) {
    log().warn({ csp_report: parse(body.toString()) }, 'a page broke its content security policy');
  }
  return new Response(null, { status: 204, headers: body ? {} : { connection: 'close' } });
}

function mayWrite(now: number): boolean {
  const current = Math.floor(now / 60_000);
  if (current !== minute) {
    minute = current;
    written = 0;
  }
  written += 1;
  return written <= REPORTS_PER_MINUTE;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

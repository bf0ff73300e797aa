import { authenticateApiKey } from '#auth';
import { AppError } from '#kernel';
import { metrics } from '#observability';

/** The process's metrics for Prometheus, which sends an API key as its bearer token: rates and latencies are nobody else's business. */
export async function metricsPage(request: Request): Promise<Response> {
  try {
    await authenticateApiKey(request.headers.get('authorization'));
  } catch (error) {
    const status = error instanceof AppError ? error.status : 503;
    return new Response(null, { status, headers: status === 401 ? { 'www-authenticate': 'Bearer' } : {} });
  }
  return new Response(await metrics().metrics(), {
    headers: { 'content-type': metrics().contentType, 'cache-control': 'no-store' },
  });
}

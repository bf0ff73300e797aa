import { createServer } from 'node:http';
import { metrics } from '#observability';

/** Serves `/metrics` for Prometheus and `/health` for whoever started the worker. */
export function serveMetrics(port: number): { stop: () => Promise<void> } {
  const server = createServer((request, response) => {
    void answer(request.url ?? '/').then(({ status, type, body }) =>
      response.writeHead(status, { 'content-type': type }).end(body),
    );
  });
  server.listen(port);
  return { stop: () => new Promise((resolve) => server.close(() => resolve())) };
}

async function answer(url: string): Promise<{ status: number; type: string; body: string }> {
  if (url === '/health') return { status: 200, type: 'text/plain', body: 'ok\n' };
  if (url === '/metrics') return { status: 200, type: metrics().contentType, body: await metrics().metrics() };
  return { status: 404, type: 'text/plain', body: 'not here\n' };
}

import { once } from 'node:events';
import { createServer } from 'node:http';
import { config } from '#config';
import { log, metrics } from '#observability';

/** Whether the process can do its work now; `body` says why not. */
export interface ProcessHealth {
  readonly ready: boolean;
  readonly body: object;
}

export interface OperationsDoor {
  stop(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const HEALTH_TYPE = 'application/health+json';

/**
 * Serves `/metrics` to Prometheus and `/health` to whoever runs the process, on a port of its own that callers of the product never
 * see. A port that is taken is said in the log and costs the metrics, not the payments.
 */
export async function openOperationsDoor(port: number, health: () => Promise<ProcessHealth>): Promise<OperationsDoor> {
  const server = createServer((request, response) => {
    void answer(request.url ?? '/', health).then(({ status, type, body }) =>
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body),
    );
  });
  server.listen(port, config().METRICS_HOST);
  await once(server, 'listening').catch((error: Error) =>
    log().warn({ err: error, port }, 'metrics and health are not served: the port is not free'),
  );
  return {
    stop: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(url: string, health: () => Promise<ProcessHealth>): Promise<Answer> {
  try {
    if (url === '/metrics') return { status: 200, type: metrics().contentType, body: await metrics().metrics() };
    if (url === '/health' || url === '/health/ready') {
      const { ready, body } = await health();
      return { status: ready ? 200 : 503, type: HEALTH_TYPE, body: JSON.stringify(body) };
    }
    if (url === '/health/live') return { status: 200, type: HEALTH_TYPE, body: JSON.stringify({ status: 'pass' }) };
    return { status: 404, type: 'text/plain', body: 'not here\n' };
  } catch (error) {
    log().error({ err: error }, 'metrics or health could not be told');
    return { status: 500, type: 'text/plain', body: 'failed\n' };
  }
}

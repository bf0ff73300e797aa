import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { receiveWebhook } from '#webhooks';

export interface WebhookReceiver {
  readonly url: string;
  stop(): Promise<void>;
}

/** The receiving end of the provider's webhooks in this process, with as little around {@link receiveWebhook} as possible. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      const signature = request.headers['stripe-signature'];
      receiveWebhook(Buffer.concat(chunks), typeof signature === 'string' ? signature : null).then(
        () => response.writeHead(200).end(),
        () => response.writeHead(500).end(),
      );
    });
  });
  await new Promise<void>((done, fail) => server.once('error', fail).listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { PEER_HEADER, watchHttp } from './http-life.ts';

test('every request carries the address of its connection, whatever the caller sent by that name', async () => {
  watchHttp();
  const server = createServer((request, response) => response.end(JSON.stringify(request.headers)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const name of [PEER_HEADER, PEER_HEADER.toUpperCase(), 'x-other']) {
    const answer = await fetch(url, { headers: { [name]: '203.0.113.7' } });
    expect(await answer.json()).toMatchObject({ [PEER_HEADER]: '127.0.0.1' });
  }
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
});

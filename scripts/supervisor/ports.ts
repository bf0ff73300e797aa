import { type AddressInfo, createServer } from 'node:net';

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done, fail) => server.once('error', fail).listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** Throws one sentence that names every port somebody else listens on. `wanted` maps a variable's name to its port. */
export async function requireFreePorts(wanted: Record<string, number>): Promise<void> {
  const taken: string[] = [];
  for (const [variable, port] of Object.entries(wanted)) {
    if (await isTaken(port)) taken.push(`${port} (${variable})`);
  }
  if (taken.length === 0) return;
  const [ports, are] = taken.length === 1 ? ['Port', 'is'] : ['Ports', 'are'];
  throw new Error(
    `${ports} ${taken.join(', ')} ${are} taken. Is Countinghouse running already? Stop that program, or choose another port, for example: ${Object.keys(wanted)[0]}=3100 npm start`,
  );
}

async function isTaken(port: number): Promise<boolean> {
  // Next listens on the dual-stack address, the others on the loopback: both must be free.
  for (const host of ['127.0.0.1', '::']) {
    const error = await new Promise<NodeJS.ErrnoException | null>((done) => {
      const server = createServer().once('error', done);
      server.listen({ port, host, exclusive: true }, () => server.close(() => done(null)));
    });
    if (error?.code === 'EADDRINUSE' || error?.code === 'EACCES') return true;
  }
  return false;
}

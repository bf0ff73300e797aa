import { type Child, startChild } from '../../scripts/supervisor/child.ts';
import { freePort } from '../../scripts/supervisor/ports.ts';
import { createEmptyDatabase, type TestDatabase } from './postgres.ts';

export interface TestSimulator {
  readonly url: string;
  readonly port: number;
  readonly database: TestDatabase;
  /** What the process printed lately. */
  output(): string;
  /** kill -9: nothing can be finished or tidied. */
  kill(): Promise<void>;
  /** SIGTERM: finishes what is under way. Answers the exit code. */
  terminate(): Promise<number | null>;
  /** Starts a new process on the same port and database. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** The PSP simulator as a process of its own, on an empty database; `env` overrides its variables. No webhooks by default. */
export async function startSimulator(env: Record<string, string> = {}): Promise<TestSimulator> {
  const [database, port] = await Promise.all([createEmptyDatabase('psp'), freePort()]);
  const url = `http://127.0.0.1:${port}`;
  const launch = () =>
    startChild({
      name: 'psp',
      script: 'server/psp-simulator/main.ts',
      env: { PSP_WEBHOOK_URL: 'none', ...env, PSP_PORT: String(port), PSP_DATABASE_URL: database.url },
      ready: { url: `${url}/health` },
    });
  let child: Child = await launch();
  return {
    url,
    port,
    database,
    output: () => child.output(),
    async kill() {
      child.signal('SIGKILL');
      await child.ended;
    },
    async terminate() {
      child.signal('SIGTERM');
      return (await child.ended).code;
    },
    async start() {
      child = await launch();
    },
    async stop() {
      await child.stop();
      await database.drop();
    },
  };
}

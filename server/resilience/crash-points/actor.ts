import pg from 'pg';
import { config } from '#config';
import { observeCheckpoints } from '#kernel';
import { checkpointObserver } from './die-at.ts';
import { flowNamed } from './flows/index.ts';
import { recover } from './recovery.ts';
import { type Told, type Work, work } from './simulation/operations.ts';
import { openStage } from './stage.ts';

/** What an actor is told to do. It dies at its `dieAt`th checkpoint from now on, counted from 1; never when that is absent. */
export type Command = (
  | { readonly do: 'act'; readonly flow: string; readonly stageId: string }
  | { readonly do: 'recover'; readonly prefix: string }
  | { readonly do: 'work'; readonly work: Work }
) & { readonly dieAt?: number | undefined };

/** What an actor answers when it lives: the checkpoints it passed, and what callers were told. */
export interface Lived {
  readonly points: readonly string[];
  readonly told: Told;
}

/** A process of the product, loaded and waiting for commands; `kill -9` of itself at a checkpoint is its way to go. */
const owner = new pg.Pool({ connectionString: config().DATABASE_URL, max: 1 });
process.on('message', (command: Command) => {
  void obey(command).then(
    (lived: Lived) => process.send?.(lived),
    (error: Error) => process.send?.({ error: error.stack ?? error.message }),
  );
});
// The parent is gone, or needs nothing more.
process.once('disconnect', () => process.exit(0));

async function obey(command: Command): Promise<Lived> {
  const points: string[] = [];
  const flow = command.do === 'act' ? flowNamed(command.flow) : undefined;
  observeCheckpoints(checkpointObserver(points, { dieAt: command.dieAt, together: flow?.together }));
  let told: Told = {};
  if (command.do === 'work') told = await work(command.work);
  else if (command.do === 'recover') await recover(owner, command.prefix);
  else await flow?.act(stageOf(command.stageId));
  return { points, told };
}

function stageOf(id: string) {
  const { CRASH_SIMULATOR_URL: simulatorUrl = '', CRASH_SIMULATOR_DATABASE: simulatorDatabase = '' } = process.env;
  return openStage({ id, owner, simulatorUrl, simulatorDatabase });
}

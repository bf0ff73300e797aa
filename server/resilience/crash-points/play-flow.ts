import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '#kernel';
import { forgetProvider } from '../kit/forget-provider.ts';
import type { Flow } from './flow.ts';
import { letOthersRest, recover } from './recovery.ts';
import { differences, readSnapshot, type Snapshot } from './snapshot.ts';
import type { Stage } from './stage.ts';
import type { Theatre } from './theatre.ts';

/** How often somebody asks again before it counts as a defect. */
const MOST_TIMES = 3;

/** A flow that nobody disturbed: where it ends, and the checkpoints on its way. */
export interface Rehearsal {
  readonly points: readonly string[];
  readonly end: Snapshot;
}

/** Plays a flow to its end in a process that lives. */
export async function rehearse(theatre: Theatre, flow: Flow): Promise<Rehearsal> {
  const stage = await prepare(theatre, flow);
  const ending = await theatre.actors.play({ do: 'act', flow: flow.name, stageId: stage.id });
  if (ending.died) throw new Error(`${flow.name} died without being told to`);
  await recover(stage.owner, `${stage.id}.`);
  return { points: ending.points, end: await readSnapshot(stage) };
}

/** Where the process dies, and the process that recovers, if it dies too; both counted from 1. */
export interface Deaths {
  readonly at: number;
  readonly recoveryAt?: number | undefined;
}

/**
 * Plays a flow whose process dies, recovers, lets whoever asked ask again, and answers what is different from the rehearsal. A
 * process that was to die and lived is a difference too.
 */
export async function playWithDeath(
  theatre: Theatre,
  flow: Flow,
  rehearsal: Rehearsal,
  deaths: Deaths,
): Promise<string[]> {
  const stage = await prepare(theatre, flow);
  const { owner, id: stageId } = stage;
  const found = await readSnapshot(stage);
  const { actors, buried } = theatre;
  const ending = await actors.play({ do: 'act', flow: flow.name, stageId, dieAt: deaths.at });
  await buried();
  if (deaths.recoveryAt !== undefined) {
    await actors.play({ do: 'recover', prefix: `${stageId}.`, dieAt: deaths.recoveryAt });
    await buried();
  }
  await recover(owner, `${stageId}.`);
  const alone = await readSnapshot(stage);
  const begun = differences(found, alone).length > 0;
  const left = flow.alone && begun ? differences(rehearsal.end, alone) : [];
  await askAgain(flow, stage);
  await recover(owner, `${stageId}.`);
  const different = differences(rehearsal.end, await readSnapshot(stage));
  return [
    ...(ending.died ? [] : [`checkpoint ${deaths.at} was never reached`]),
    ...left.map((line) => `before anybody asked again: ${line}`),
    ...different,
  ];
}

/** Whoever asked asks again; told to come back because the provider cannot be reached now, he does, as the answer promises. */
async function askAgain(flow: Flow, stage: Stage): Promise<void> {
  for (let times = 1; ; times += 1) {
    try {
      return await flow.act(stage);
    } catch (error) {
      const { cause } = error as Error;
      if (times === MOST_TIMES || !(cause instanceof AppError) || cause.code !== 'psp_unavailable') throw error;
      const { rows } = await stage.owner.query<{ error: string | null }>(
        'select error from payment_attempts where starts_with(checkout_id, $1) order by created_at desc limit 1',
        [`${stage.id}.`],
      );
      console.info(`${flow.name} is asked for again: ${rows[0]?.error ?? cause.message}`);
      await delay((cause.details.retryAfterSeconds ?? 1) * 1_000);
    }
  }
}

async function prepare(theatre: Theatre, flow: Flow): Promise<Stage> {
  forgetProvider();
  const stage = theatre.stage();
  theatre.system.wire.rule(flow.wire?.(stage));
  await flow.before?.(stage);
  await letOthersRest(stage.owner, `${stage.id}.`);
  return stage;
}

import type pg from 'pg';
import { AppError } from '#kernel';
import { differences, readExactSnapshot, type Snapshot } from '../crash-points/snapshot.ts';
import { forgetProvider } from '../kit/forget-provider.ts';
import type { Random } from '../kit/random.ts';
import { conduct } from './conductor.ts';
import type { Operation } from './operations.ts';
import { letGo, makeDue, makeScenes, type Scene, type SceneKind } from './scenes.ts';
import { type Choice, drawing, following, nextBeginning } from './schedules.ts';

/** Scenes made at once, first and later: making one takes several commits, and a share of the schedules needs few. */
const FEW_SCENES = 4;
const MANY_SCENES = 30;
/** Most schedules of one pair in one scene: none comes near it, so one that does is out of control. */
const MOST_SCHEDULES = 5_000;

/** One process per session, and one that prepares and looks. */
export interface House {
  /** Superuser connection of the test. */
  readonly owner: pg.Pool;
  /** The pool of each session's process. */
  readonly pools: readonly pg.Pool[];
  /** How many connections were taken from those pools and the process's own, ever. */
  acquired(): number;
}

export interface Played {
  readonly schedules: number;
  /** How often a session waited for a lock. */
  readonly blocked: number;
  readonly violations: readonly string[];
}

/** Schedules to play: every one there is, or so many that the seed draws. */
export type Extent = 'all' | { readonly random: Random; readonly schedules: number };

/** Plays operations side by side in one kind of scene and judges every end: it must be that of doing them one after the other, in some order. */
export async function playTogether(
  house: House,
  operations: readonly Operation[],
  kind: SceneKind,
  extent: Extent,
): Promise<Played> {
  const scenes = scenesOf(house, operations, kind);
  const serial = await serialEnds(house, operations, scenes);
  const violations: string[] = [];
  let schedules = 0;
  let blocked = 0;

  async function play(choice: Choice) {
    const scene = await scenes.next();
    forgetProvider();
    const { steps, errors, ...performed } = await conduct(
      house.owner,
      sessionsOf(house, operations, scene),
      house.acquired,
      choice,
    );
    schedules += 1;
    blocked += performed.blocked;
    const path = steps.map((step) => step.chosen).join('');
    for (const error of errors)
      if (error !== undefined && !(error instanceof AppError)) violations.push(`schedule ${path}: ${String(error)}`);
    const end = await readExactSnapshot(house.owner, scene.prefix);
    for (const line of strangeEnd(serial, end)) violations.push(`schedule ${path}: ${line}`);
    return steps;
  }

  if (extent === 'all') {
    for (let beginning: number[] | undefined = []; beginning && schedules < MOST_SCHEDULES; )
      beginning = nextBeginning(beginning, await play(following(beginning)));
    if (schedules >= MOST_SCHEDULES) violations.push(`there are more than ${MOST_SCHEDULES} schedules`);
  } else {
    for (let left = extent.schedules; left > 0; left -= 1) await play(drawing(extent.random));
  }
  await scenes.leave();
  return { schedules, blocked, violations };
}

/** What the end has too much or too little, held against the serial end that is nearest; nothing when it is one of them. */
export function strangeEnd(serial: readonly Snapshot[], end: Snapshot): string[] {
  const distances = serial.map((one) => differences(one, end));
  return distances.reduce((nearest, one) => (one.length < nearest.length ? one : nearest));
}

function sessionsOf(
  { pools, owner }: House,
  operations: readonly Operation[],
  scene: Scene,
): (() => Promise<unknown>)[] {
  return operations.map((operation, index) => () => operation.run(scene, pools[index] as pg.Pool, owner));
}

/** The ends of every order in which the operations can be done one after the other. */
async function serialEnds(house: House, operations: readonly Operation[], scenes: Scenes): Promise<Snapshot[]> {
  const ends: Snapshot[] = [];
  for (const order of permutations(operations.map((_, index) => index))) {
    const scene = await scenes.next();
    forgetProvider();
    const sessions = sessionsOf(house, operations, scene);
    for (const index of order)
      await sessions[index]?.().catch((error: unknown) => {
        if (!(error instanceof AppError)) throw error;
      });
    ends.push(await readExactSnapshot(house.owner, scene.prefix));
  }
  return ends;
}

function permutations(numbers: readonly number[]): number[][] {
  if (numbers.length <= 1) return [[...numbers]];
  return numbers.flatMap((first) =>
    permutations(numbers.filter((one) => one !== first)).map((rest) => [first, ...rest]),
  );
}

let made = 0;

interface Scenes {
  next(): Promise<Scene>;
  /** Nobody plays what is left. */
  leave(): Promise<void>;
}

/** Fresh scenes, made many at a time; what the operations need there is made as each is taken. */
function scenesOf({ pools, owner }: House, operations: readonly Operation[], kind: SceneKind): Scenes {
  let ready: Scene[] = [];
  let next = FEW_SCENES;
  return {
    leave: () => letGo(owner, kind, ready),
    async next() {
      if (ready.length === 0) {
        const prefixes = Array.from({ length: next }, () => {
          made += 1;
          return `i${made}.`;
        });
        ready = await makeScenes({ on: pools[0] as pg.Pool, owner }, kind, prefixes);
        next = MANY_SCENES;
      }
      const scene = ready.shift() as Scene;
      await makeDue(owner, kind, scene);
      for (const before of new Set(operations.flatMap((operation) => operation.before ?? [])))
        await before(scene, owner);
      return scene;
    },
  };
}

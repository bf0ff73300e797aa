import type { CheckpointObserver } from '#kernel';

export interface Death {
  /** At which checkpoint the process kills itself, counted from 1; never when absent. */
  readonly dieAt?: number | undefined;
  /** How many of the first answers of the provider are held until all of them are there. */
  readonly together?: number | undefined;
}

/** Notes every checkpoint in `points` and kills this process, as `kill -9` does, at the one that was asked for. */
export function checkpointObserver(points: string[], { dieAt, together = 1 }: Death): CheckpointObserver {
  let missing = together;
  let release = () => {};
  const gathered = new Promise<void>((done) => {
    release = done;
  });
  return async (point) => {
    if (point === 'provider:after' && missing > 0) {
      missing -= 1;
      if (missing === 0) release();
      await gathered;
    }
    points.push(point);
    if (points.length === dieAt) {
      process.kill(process.pid, 'SIGKILL');
      // Nothing more is done here: the signal may take a moment.
      await new Promise(() => {});
    }
  };
}

import type { Random } from '../kit/random.ts';
import type { Step } from './conductor.ts';

/** Which of the sessions that can move does. */
export type Choice = (options: readonly number[], step: number) => number;

/** Plays the beginning as given, and lets whoever has the lowest number go on from there. */
export function following(beginning: readonly number[]): Choice {
  return (options, step) => {
    const wanted = beginning[step];
    return wanted !== undefined && options.includes(wanted) ? wanted : (options[0] as number);
  };
}

/** Any of them, as the seed has it. */
export function drawing(random: Random): Choice {
  return (options) => random.pick(options);
}

/**
 * The beginning of the schedule after the one that was played with `beginning`, in depth-first order; undefined after the last one.
 * Played one after the other they are all the ways in which the sessions can be interleaved, but for those that differ only in
 * when somebody did nothing that others could notice: where the session that was chosen touched nothing, no other choice is tried.
 */
export function nextBeginning(beginning: readonly number[], steps: readonly Step[]): number[] | undefined {
  for (let place = steps.length - 1; place >= 0; place -= 1) {
    const { options, chosen, touched } = steps[place] as Step;
    if (!touched) continue;
    // A session that could not move this time although it could before counts as tried.
    const tried = Math.max(chosen, beginning[place] ?? chosen);
    const other = options.find((option) => option > tried);
    if (other !== undefined) return [...steps.slice(0, place).map((step) => step.chosen), other];
  }
  return undefined;
}

import type { WireRule } from '#testing';
import type { Stage } from './stage.ts';

/** Something that is done with money, or promised, by a process that may die at any checkpoint. */
export interface Flow {
  readonly name: string;
  /** Calls to the provider that go out side by side. Their answers are let in together, so that every run passes the same points. */
  readonly together?: number;
  /** Recovery alone brings it to its end, or it never began: nobody has to ask again. Otherwise somebody repeats `act`. */
  readonly alone: boolean;
  /** What the line to the provider does to calls of this flow. */
  readonly wire?: (stage: Stage) => WireRule;
  /** What was before, done by a process that lives. */
  readonly before?: (stage: Stage) => Promise<void>;
  /** What the dying process does, and what the client, the shopper or the operator does again afterwards: it must accept what is done already. */
  readonly act: (stage: Stage) => Promise<void>;
}

import { useState } from 'react';
import { v4 as uuid } from 'uuid';
import { answerIn } from './failure.ts';

type Keyed<Input> = Input & { readonly idempotencyKey?: string | undefined };

/**
 * Sends a mutation so that it happens once. The same input goes under the same key until its outcome is known, so a press after
 * an answer that got lost finds what the first one did; after an outcome, or with another input, it is a new wish with a new key.
 */
export function keyed<Input, Output>(send: (input: Keyed<Input>) => Promise<Output>) {
  let wish: { readonly content: string; readonly key: string } | undefined;
  return async (input: Input): Promise<Output> => {
    const content = JSON.stringify(input);
    if (wish?.content !== content) wish = { content, key: uuid() };
    try {
      const output = await send({ ...input, idempotencyKey: wish.key });
      wish = undefined;
      return output;
    } catch (error) {
      if (isOutcome(error)) wish = undefined;
      throw error;
    }
  };
}

/** One {@link keyed} for as long as the component is shown: call it where the component outlives the form, outside of a dialog's content. */
export function useKeyed<Input, Output>(send: (input: Keyed<Input>) => Promise<Output>) {
  return useState(() => keyed(send))[0];
}

/** Whether the server said its last word; a lost connection or "try again shortly" is none. */
function isOutcome(error: unknown): boolean {
  const answer = answerIn(error);
  return answer !== null && (!answer.retryable || answer.appCode === 'internal_error');
}

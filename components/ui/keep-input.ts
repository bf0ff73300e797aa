import type { FormEvent } from 'react';

/**
 * `<form action={…} onReset={keepInput}>`: what was typed stays. React resets a form whenever its action ends, also when the server
 * has refused, and would so take away what has to be put right.
 */
export function keepInput(event: FormEvent): void {
  event.preventDefault();
}

/**
 * From here on this process meets the provider as a new process does: what was met in earlier plays opens no breaker in this one, and
 * has used up no retries.
 */
export function forgetProvider(): void {
  Reflect.deleteProperty(globalThis, Symbol.for('countinghouse.psp'));
}

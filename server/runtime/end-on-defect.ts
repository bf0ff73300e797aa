import { log } from '#observability';

/**
 * Ends the process, with a line that says why and code 1, when an error or a rejection met nobody: what it left half done is unknown, and
 * whoever keeps the process running starts a sound one. Nothing is lost by it: every state is in the database.
 */
export function endOnDefect(): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (reason: unknown) => {
      const err = reason instanceof Error ? reason : new Error(String(reason));
      log().fatal({ err, event }, 'a defect met nobody; the process ends');
      process.exit(1);
    });
  }
}

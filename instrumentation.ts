/** Next calls this once, before it takes the first request. A build runs it too, and has nothing to serve. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs' || process.env.NEXT_PHASE === 'phase-production-build') return;
  const { startWeb } = await import('#api');
  await startWeb();
}

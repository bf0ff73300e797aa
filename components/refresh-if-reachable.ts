/**
 * Shows the page anew once somebody answers. Next turns a refresh that gets no answer into a navigation of the browser, which would
 * end on the browser's own error page and take the form, with all it knows, away.
 */
export async function refreshIfReachable(router: { refresh(): void }): Promise<void> {
  const answer = await fetch('/api/health/live', { cache: 'no-store' }).catch(() => null);
  if (answer?.ok) router.refresh();
}

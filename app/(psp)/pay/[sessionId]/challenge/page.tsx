import type { Metadata } from 'next';
import { ChallengePage } from '#components/pay/challenge-page.tsx';
import { PayUnavailable } from '#components/pay/pay-unavailable.tsx';
import { getPage } from '#components/pay/simulator.ts';
import { config } from '#config';

export const metadata: Metadata = { title: 'Confirm with your bank', robots: { index: false } };

export default async function Page({ params }: { readonly params: Promise<{ readonly sessionId: string }> }) {
  const { sessionId } = await params;
  const access = { origin: config().PSP_BASE_URL, publishableKey: config().PSP_PUBLISHABLE_KEY };
  const answer = await getPage(access, sessionId);
  if (!answer.ok) {
    const href = `/pay/${encodeURIComponent(sessionId)}/challenge`;
    return <PayUnavailable reason={answer.kind === 'refused' ? 'unknown' : 'unreachable'} href={href} />;
  }
  return <ChallengePage access={access} page={answer.value} />;
}

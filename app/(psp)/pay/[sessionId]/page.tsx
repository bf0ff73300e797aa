import type { Metadata } from 'next';
import { countries } from '#components/pay/countries.ts';
import { HostedPage } from '#components/pay/hosted-page.tsx';
import { PayUnavailable } from '#components/pay/pay-unavailable.tsx';
import { getPage } from '#components/pay/simulator.ts';
import { config } from '#config';

export const metadata: Metadata = { title: 'Pay', robots: { index: false } };

interface Props {
  readonly params: Promise<{ readonly sessionId: string }>;
  readonly searchParams: Promise<{ readonly declined?: string | string[] }>;
}

export default async function Page({ params, searchParams }: Props) {
  const { sessionId } = await params;
  const { declined } = await searchParams;
  const access = { origin: config().PSP_BASE_URL, publishableKey: config().PSP_PUBLISHABLE_KEY };
  const answer = await getPage(access, sessionId);
  if (!answer.ok) {
    const href = `/pay/${encodeURIComponent(sessionId)}`;
    return <PayUnavailable reason={answer.kind === 'refused' ? 'unknown' : 'unreachable'} href={href} />;
  }
  return (
    <HostedPage
      access={access}
      initial={answer.value}
      countries={countries()}
      declined={typeof declined === 'string' ? declined : null}
    />
  );
}

import { FlaskConical } from 'lucide-react';
import type { RouterOutputs } from '#trpc';
import { Badge, type Tone } from '../ui/badge.tsx';

type Psp = RouterOutputs['session']['get']['environment']['psp'];

const LOOKS: Record<Psp, { readonly word: string; readonly tone: Tone; readonly title: string }> = {
  simulator: {
    word: 'Simulator',
    tone: 'accent',
    title: 'Payments go to the built-in payment provider. No money moves.',
  },
  'stripe-mock': {
    word: 'Contract',
    tone: 'caution',
    title: 'Requests are checked for their shape only. No money moves.',
  },
  'stripe-test': { word: 'Stripe test', tone: 'progress', title: 'Payments go to Stripe’s test mode. No money moves.' },
};

/** Which provider this console looks at: always in view, so that nobody takes a rehearsal for the real thing. */
export function EnvironmentBadge({ psp }: { readonly psp: Psp }) {
  const { word, tone, title } = LOOKS[psp];
  return (
    <Badge tone={tone} title={title} className="uppercase tracking-wide">
      <FlaskConical aria-hidden />
      {word}
    </Badge>
  );
}

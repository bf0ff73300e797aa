import {
  Ban,
  CircleCheck,
  CircleHelp,
  CircleX,
  History,
  Hourglass,
  type LucideIcon,
  TriangleAlert,
  Undo2,
} from 'lucide-react';
import type { Tone } from '../ui/badge.tsx';
import type { Outcome } from './outcome.ts';

interface OutcomeLook {
  readonly icon: LucideIcon;
  readonly tone: Tone;
  readonly className: string;
  readonly title: string;
  readonly text: string;
}

const POSITIVE = 'border-positive-line bg-positive-soft text-positive-text';
const CAUTION = 'border-caution-line bg-caution-soft text-caution-text';
const NEUTRAL = 'border-line-strong bg-sunken text-muted';

/** What the shopper reads for each outcome: cause, effect, next step. */
export const OUTCOMES: Record<Outcome, OutcomeLook> = {
  paid: {
    icon: CircleCheck,
    tone: 'positive',
    className: POSITIVE,
    title: 'Thank you, it is paid',
    text: 'The bank confirmed the payment and every seller was credited.',
  },
  'partly-paid': {
    icon: TriangleAlert,
    tone: 'caution',
    className: CAUTION,
    title: 'Paid in part',
    text: 'Some orders went through and some did not. You paid only for those marked as paid.',
  },
  confirming: {
    icon: Hourglass,
    tone: 'progress',
    className: 'border-progress-line bg-progress-soft text-progress-text',
    title: 'Waiting for the bank',
    text: 'This usually takes a second or two. The page changes by itself.',
  },
  checking: {
    icon: CircleHelp,
    tone: 'unknown',
    className: 'border-dashed border-unknown-line bg-unknown-soft text-unknown-text',
    title: 'We are finding out',
    text: 'The payment provider did not answer in time. We ask it until it does; please do not pay again meanwhile. Keep the reference below.',
  },
  refunding: {
    icon: Undo2,
    tone: 'caution',
    className: CAUTION,
    title: 'Your money is on its way back',
    text: 'You paid after this checkout had ended, so nothing was bought. All of it goes back to the card you paid with; you have nothing to do.',
  },
  cancelled: {
    icon: Ban,
    tone: 'neutral',
    className: NEUTRAL,
    title: 'You cancelled this order',
    text: 'Nothing was charged. Your basket is still there.',
  },
  expired: {
    icon: History,
    tone: 'neutral',
    className: NEUTRAL,
    title: 'The time to pay ran out',
    text: 'Nothing was charged. Your basket is still there, so you can start again.',
  },
  failed: {
    icon: CircleX,
    tone: 'negative',
    className: 'border-negative-line bg-negative-soft text-negative-text',
    title: 'The payment did not go through',
    text: 'Nothing was charged. You can try again with this or another card.',
  },
};

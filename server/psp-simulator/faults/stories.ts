import type { FaultKind } from './fault-kinds.ts';

interface Story {
  readonly tells: string;
  /** Each hits once; a story is over when all have. */
  readonly faults: readonly { readonly kind: FaultKind; readonly match?: string }[];
}

/** What goes wrong most often in real life, as one call each. */
export const STORIES = {
  double_click: { tells: 'the shopper pays an open `session` twice in the same moment', faults: [] },
  lost_webhook: {
    tells: 'the next payment succeeds, and no event tells it',
    faults: ['charge.succeeded', 'payment_intent.succeeded', 'checkout.session.completed'].map((match) => ({
      kind: 'webhook_drop' as const,
      match,
    })),
  },
  late_refund_failure: {
    tells: 'the next refund succeeds and fails later, whatever the card',
    faults: [{ kind: 'refund_fails_later' }],
  },
  cent_off: {
    tells: 'the next answer to a payment says one minor unit more than was taken',
    faults: [{ kind: 'answer_wrong_amount', match: '/v1/payment_intents' }],
  },
} as const satisfies Record<string, Story>;

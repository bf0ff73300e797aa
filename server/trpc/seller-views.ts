import { actorNames } from '#auth';
import type { DisputeView } from '#disputes';
import type { RefundView } from '#refunds';

type Said = DisputeView['responses'][number];
/** What others said has no words and no name. */
type SaidBySomebody = Omit<Said, 'actor'> & { readonly actor: string | null };

/**
 * What a seller may know of disputes: the own orders in them, what the own people said, and that others said something; nothing of what
 * the platform pays or of other sellers, and no checkout id, which is the permission of whoever pays by its link.
 */
export async function disputesOfSeller(sellerId: string, disputes: readonly DisputeView[]) {
  const own = await actorNames(
    disputes.flatMap((dispute) => dispute.responses.map((said) => said.actor)),
    sellerId,
  );
  const heard = (responses: readonly Said[]): readonly SaidBySomebody[] =>
    responses.map((said) => (said.actor in own ? said : { ...said, actor: null, evidence: null, error: null }));
  return disputes.map(
    ({ fee: _, amount: __, withdrawn: ___, reinstated: ____, checkoutId: _____, responses, ...dispute }) => ({
      ...dispute,
      responses: heard(responses),
    }),
  );
}

/** What a seller may know of a refund of an own order: all but the checkout, which other sellers have a part in. */
export function refundOfSeller({ checkoutId: _, ...refund }: RefundView) {
  return refund;
}

import { type CurrencyCode, formatMinor } from '#kernel';
import type { Evidence } from '../evidence.ts';
import type { Call } from '../history.ts';
import type { DisputeRow, PayoutRow } from '../money-books.ts';
import type { ProviderDeed } from '../provider-books.ts';

type Sides = Pick<Evidence, 'books' | 'provider'>;

/** Whatever somebody was told goes out is in the books as asked for; under one key it is there once, and not at all where it was refused. */
export function askedGoesOutOnce({ calls, books }: Pick<Evidence, 'calls' | 'books'>): string[] {
  const refunds = new Map(books.refunds.map((refund) => [refund.id, refund]));
  const payouts = new Map(books.payouts.map((payout) => [payout.id, payout]));
  const disputes = new Map(books.disputes.map((dispute) => [dispute.id, dispute]));
  const lost = calls.flatMap((call) => {
    if (call.verdict !== 'ok') return [];
    const who = `${call.process} was told that`;
    const subject = call.path.split('/')[2] ?? '';
    switch (call.name) {
      case 'POST /payments/{id}/refunds':
        return call.answer.refunds.flatMap((told: Told & { refund_id: string; payment_order_id: string }) => {
          const kept = refunds.get(told.refund_id);
          const same = kept && kept.order_id === told.payment_order_id && isSame(told, kept);
          return same ? [] : [`${who} ${told.refund_id} gives back ${told.amount}: it is ${JSON.stringify(kept)}`];
        });
      case 'POST /payouts': {
        const kept = payouts.get(call.answer.payout_id);
        const asked = call.body.amount === undefined || call.answer.amount === call.body.amount;
        const same = kept && asked && kept.seller_id === call.body.seller_id && isSame(call.answer, kept);
        return same
          ? []
          : [`${who} ${call.answer.payout_id} pays ${call.answer.amount}: it is ${JSON.stringify(kept)}`];
      }
      case 'POST /payouts/{id}/approve':
        return (payouts.get(subject)?.approved_by ?? null) ? [] : [`${who} ${subject} is approved, and it is not`];
      case 'POST /payouts/{id}/cancel':
        return payouts.get(subject)?.state === 'CANCELLED' ? [] : [`${who} ${subject} is called off, and it is not`];
      case 'POST /disputes/{id}/evidence':
        return disputes.get(subject)?.said.includes('evidence')
          ? []
          : [`${who} evidence to ${subject} is taken: it is gone`];
      case 'POST /disputes/{id}/accept':
        return disputes.get(subject)?.said.includes('acceptance') ? [] : [`${who} ${subject} is accepted: it is gone`];
      default:
        return [];
    }
  });
  return [...lost, ...twiceOrRefused({ calls, books }), ...shownAtTheEnd({ calls, books })];
}

/** When nothing moves any more, whoever looks is shown what the books say. */
function shownAtTheEnd({ calls, books }: Pick<Evidence, 'calls' | 'books'>): string[] {
  const states = new Map([...books.refunds, ...books.payouts].map(({ id, state }) => [id, state]));
  return calls.flatMap(({ process, name, path, verdict, answer }) => {
    if (process !== 'final' || !READ_AT_THE_END.has(name)) return [];
    const kept = states.get(path.split('/')[2] ?? '');
    // Callers are shown UNKNOWN as SUBMITTED with a flag.
    const shown = answer?.unknown ? 'UNKNOWN' : (answer?.status ?? answer?.state);
    return verdict === 'ok' && shown === kept ? [] : [`${path} is shown as ${shown ?? verdict}, and it is ${kept}`];
  });
}

const READ_AT_THE_END: ReadonlySet<string> = new Set(['GET /refunds/{id}', 'GET /payouts/{id}']);

interface Told {
  readonly amount: string;
  readonly currency: string;
}

function isSame({ amount, currency }: Told, kept: Told): boolean {
  return kept.currency === currency && formatMinor(BigInt(kept.amount), currency as CurrencyCode) === amount;
}

function twiceOrRefused({ calls, books }: Pick<Evidence, 'calls' | 'books'>): string[] {
  const verdicts = Map.groupBy(
    calls.filter((call): call is Call & { key: string } => call.key !== null),
    (call) => call.key,
  );
  const byKey = new Map(books.keys.map((row) => [row.subject_id, row.key]));
  const made = [...books.refunds.flatMap((refund) => refund.request_id ?? []), ...books.payouts.map(({ id }) => id)];
  return [
    ...new Set(
      made.flatMap((id) => (verdicts.has(byKey.get(id) ?? '') ? [] : [`${id} goes out, and no request asked for it`])),
    ),
    ...books.keys.flatMap(({ key, subject_id: id }) => {
      const said = verdicts
        .get(key)
        ?.some((call) => call.verdict === 'fail' && call.reason !== 'idempotency_key_reused');
      return said && id !== null && made.includes(id)
        ? [`the request of key ${key} was refused, and has made ${id}`]
        : [];
    }),
  ];
}

/** No order gives back more than was taken of it, and no charge does at the provider; each refund is there once, ended as here. */
export function refundsAgree({ books, provider, journal }: Pick<Evidence, 'books' | 'provider' | 'journal'>): string[] {
  const open = new Set(books.refundLetters.map((letter) => letter.refund_id));
  const theirs = Map.groupBy(provider.refunds, (refund) => refund.ours);
  const known = new Map(books.refunds.map((refund) => [refund.id, refund]));
  const captured = new Map(books.captures.map((capture) => [capture.order_id, BigInt(capture.amount)]));
  const charged = new Map(journal.map((charge) => [charge.attempt_id, BigInt(charge.amount)]));
  const alive = books.refunds.filter(({ state }) => state !== 'FAILED' && state !== 'FAILED_LATE');
  const given = provider.refunds.filter(({ status }) => status !== 'failed' && status !== 'canceled');
  return [
    ...beyond(
      alive.map((refund) => [refund.order_id, refund.amount]),
      captured,
    ),
    ...beyond(
      given.map((refund) => [known.get(refund.ours ?? '')?.attempt_id ?? null, refund.amount]),
      charged,
    ),
    ...provider.refunds.flatMap(({ id, ours }) => (known.has(ours ?? '') ? [] : [`${id} is no refund of ours`])),
    ...books.refunds.flatMap((refund) => {
      const found = theirs.get(refund.id) ?? [];
      const states = REFUND_ENDS[refund.state];
      if (!states) return open.has(refund.id) ? [] : [`${refund.id} is ${refund.state}, and nobody was told`];
      const right = found.every((one) => states.includes(one.status) && sameAmount(one, refund));
      const once = found.length === 1 || (found.length === 0 && refund.state === 'FAILED');
      return right && once ? [] : [`${refund.id} is ${refund.state} over ${refund.amount}; ${told(found)}`];
    }),
  ];
}

/** Our state of a refund that has ended → those of the provider's. */
const REFUND_ENDS: Readonly<Record<string, readonly string[]>> = {
  SUCCEEDED: ['succeeded'],
  FAILED: ['failed', 'canceled'],
  FAILED_LATE: ['failed', 'canceled'],
};

function beyond(parts: readonly (readonly [string | null, string])[], limits: ReadonlyMap<string, bigint>): string[] {
  const sums = new Map<string, bigint>();
  for (const [id, amount] of parts) if (id !== null) sums.set(id, (sums.get(id) ?? 0n) + BigInt(amount));
  return [...sums].flatMap(([id, sum]) =>
    sum > (limits.get(id) ?? 0n) ? [`${sum} went back of ${id}, of which ${limits.get(id) ?? 0n} was taken`] : [],
  );
}

/** Every dispute is known once, as its bank decided; each of its stages moved its money once. */
export function disputesAgree({ books, provider }: Sides): string[] {
  const charged = new Set(books.attempts.filter(({ state }) => state === 'SUCCEEDED').map(({ id }) => id));
  const ours = Map.groupBy(books.disputes, (dispute) => dispute.psp_dispute_id);
  const known = new Set(provider.disputes.map((dispute) => dispute.id));
  return [
    ...provider.disputes.flatMap((dispute) => {
      const found = ours.get(dispute.id) ?? [];
      if (found.length === 0 && dispute.status === CAME_AND_WENT) return [];
      if (found.length !== 1 || !found[0])
        return charged.has(dispute.ours ?? '') ? [`dispute ${dispute.id} is ${found.length} times in our books`] : [];
      const [kept] = found;
      const state = endOf(dispute, kept);
      const right = kept.state === state && sameAmount(dispute, kept) && movedAsDecided(kept, dispute);
      return right ? [] : [`${told([dispute])}, and our books say ${JSON.stringify(kept)}`];
    }),
    ...books.disputes.flatMap(({ id, psp_dispute_id: psp }) =>
      known.has(psp) ? [] : [`dispute ${id} is in our books alone`],
    ),
  ];
}

/**
 * An inquiry that is over and took no money may never be heard of where every message was lost: it is listed every five minutes for two
 * days, and in a run days pass at once. Money that was taken is always known, by its balance transaction.
 */
const CAME_AND_WENT = 'warning_closed';

const DISPUTE_ENDS: Readonly<Record<string, string>> = {
  warning_needs_response: 'INQUIRY',
  warning_under_review: 'INQUIRY',
  warning_closed: 'INQUIRY_CLOSED',
  needs_response: 'OPEN',
  under_review: 'UNDER_REVIEW',
  won: 'WON',
};

/** A lost one is ACCEPTED where we said so. */
function endOf({ status }: ProviderDeed, { said }: DisputeRow): string {
  if (status === 'lost') return said.includes('acceptance') ? 'ACCEPTED' : 'LOST';
  return DISPUTE_ENDS[status] ?? status;
}

function movedAsDecided({ opened, won, lost, withdrawn, reinstated }: DisputeRow, { status, amount }: ProviderDeed) {
  const taken = !status.startsWith('warning');
  const back = status === 'won';
  return (
    opened === Number(taken) &&
    won === Number(back) &&
    lost === Number(status === 'lost') &&
    withdrawn === (taken ? amount : null) &&
    reinstated === (back ? amount : null)
  );
}

/** Every payout took what was there and no more, and arrived once, or is available again. */
export function payoutsAgree({ books, provider }: Sides): string[] {
  const sent = Map.groupBy(provider.payouts, (payout) => payout.ours);
  const moved = Map.groupBy(provider.transfers, (transfer) => transfer.ours);
  const known = new Set<string | null>(books.payouts.map((payout) => payout.id));
  return [
    ...[...provider.payouts, ...provider.transfers].flatMap(({ id, ours }) =>
      known.has(ours) ? [] : [`${id} was paid to a seller, and is no payout of ours`],
    ),
    ...books.payouts.flatMap((payout) => {
      if (payout.overdrawn) return [`${payout.id} took more than ${payout.seller_id} had available`];
      if (payout.told && payout.state === 'UNKNOWN') return [];
      const right = arrivedAsSaid(payout, sent.get(payout.id) ?? [], moved.get(payout.id) ?? []);
      const detail = `${told(sent.get(payout.id) ?? [])}; ${told(moved.get(payout.id) ?? [])}`;
      return right ? [] : [`our books say ${JSON.stringify(payout)}; ${detail}`];
    }),
  ];
}

/** States in which money has left for good, and those in which all of it is available again. */
const PAID_OUT: ReadonlySet<string> = new Set(['PAID']);
const GIVEN_BACK: ReadonlySet<string> = new Set(['FAILED', 'RETURNED', 'CANCELLED']);

function arrivedAsSaid(payout: PayoutRow, sent: readonly ProviderDeed[], moved: readonly ProviderDeed[]): boolean {
  const { state, amount, taken, left_bank: leftBank, currency } = payout;
  const paid = PAID_OUT.has(state);
  const arrived = sent.filter(({ status }) => status !== 'failed' && status !== 'canceled');
  const away = moved.reduce((sum, transfer) => sum + BigInt(transfer.amount), 0n);
  return (
    taken === (GIVEN_BACK.has(state) ? '0' : amount) &&
    leftBank === (paid ? amount : '0') &&
    [...sent, ...moved].every((one) => one.currency === currency) &&
    arrived.length === Number(paid) &&
    arrived.every((one) => one.status === 'paid' && one.amount === amount) &&
    (away === (paid ? BigInt(amount) : 0n) || (payout.told && !paid))
  );
}

function sameAmount(theirs: ProviderDeed, ours: { readonly amount: string; readonly currency: string }): boolean {
  return theirs.amount === ours.amount && theirs.currency === ours.currency;
}

function told(deeds: readonly ProviderDeed[]): string {
  const words = deeds.map(({ id, status, amount, currency }) => `${id} is ${status} over ${amount} ${currency}`);
  return `the provider says: ${words.join(', ') || 'nothing'}`;
}

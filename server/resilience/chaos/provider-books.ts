import type { Topology } from '../kit/topology.ts';
import { callProvider } from './provider.ts';

/** A line of the provider's books; amounts in minor units, times in Unix seconds. */
export interface ProviderLine {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly amount: string;
  readonly fee: string;
  readonly net: string;
  readonly currency: string;
  readonly available_on: string;
}

/** Something that the provider did for one of ours: `ours` is our id as it was told with it. */
export interface ProviderDeed {
  readonly id: string;
  readonly ours: string | null;
  readonly amount: string;
  readonly currency: string;
  readonly status: string;
}

/** The provider's side, read past every line, when nothing moves any more. */
export interface ProviderBooks {
  /** What moved the platform's balance. */
  readonly lines: readonly ProviderLine[];
  /** All refunds, those that failed too. */
  readonly refunds: readonly ProviderDeed[];
  /** `ours` is the attempt whose charge is disputed. */
  readonly disputes: readonly ProviderDeed[];
  /** From sellers' accounts to their banks. */
  readonly payouts: readonly ProviderDeed[];
  /** To sellers' accounts, less what was brought back. */
  readonly transfers: readonly ProviderDeed[];
  /** Of the platform, available or not. */
  readonly balance: readonly { readonly currency: string; readonly amount: string }[];
}

const READS = {
  lines: `select id, type, source, amount::text as amount, fee::text as fee, net::text as net, upper(currency) as currency,
            available_on::text as available_on
          from book_transactions where owner is null order by id`,
  refunds: `select id, metadata ->> 'refund_id' as ours, amount::text as amount, upper(currency) as currency, status from refunds order by id`,
  disputes: `select d.id, c.attempt_id as ours, d.amount::text as amount, upper(d.currency) as currency, d.status
             from disputes d join charges c on c.id = d.charge order by d.id`,
  payouts: `select id, metadata ->> 'payout_id' as ours, amount::text as amount, upper(currency) as currency, status
            from payouts where owner is not null order by id`,
  transfers: `select id, transfer_group as ours, (amount - amount_reversed)::text as amount, upper(currency) as currency, 'made' as status
              from transfers order by id`,
} as const satisfies Record<Exclude<keyof ProviderBooks, 'balance'>, string>;

export async function readProviderBooks({ providerOwner, providerUrl }: Topology): Promise<ProviderBooks> {
  const [lines, refunds, disputes, payouts, transfers] = await Promise.all([
    providerOwner.query<ProviderLine>(READS.lines),
    ...([READS.refunds, READS.disputes, READS.payouts, READS.transfers] as const).map((read) =>
      providerOwner.query<ProviderDeed>(read),
    ),
  ]);
  const rows = (result: { rows: ProviderDeed[] } | undefined) => result?.rows ?? [];
  return {
    lines: lines.rows,
    refunds: rows(refunds),
    disputes: rows(disputes),
    payouts: rows(payouts),
    transfers: rows(transfers),
    balance: await readBalance(providerUrl),
  };
}

async function readBalance(providerUrl: string): Promise<ProviderBooks['balance']> {
  const { body } = await callProvider(providerUrl, 'GET', 'balance');
  const parts: { amount: number; currency: string }[] = [...body.available, ...body.pending];
  return [...Map.groupBy(parts, (part) => part.currency.toUpperCase())].map(([currency, amounts]) => ({
    currency,
    amount: amounts.reduce((sum, { amount }) => sum + BigInt(amount), 0n).toString(),
  }));
}

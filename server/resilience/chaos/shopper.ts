import type { Topology } from '../kit/topology.ts';
import { note } from './client.ts';
import type { Call, History, Json } from './history.ts';
import type { Deed } from './plan-operations.ts';
import { CHALLENGED_CARDS, DECLINED_CARD } from './plan-values.ts';

export interface Visit {
  readonly history: History;
  readonly topology: Topology;
  readonly op: number;
  readonly deed: Extract<Deed, { kind: 'hosted' }>;
  readonly pageUrl: string;
  /** Cancels at the shop. */
  cancel(): Promise<void>;
}

/** What a shopper does once the hosted page is open. Card numbers go from here to the provider and nowhere else. */
export async function visitPage(visit: Visit): Promise<void> {
  const { deed } = visit;
  switch (deed.story) {
    case 'pays':
      return void (await pay(visit, deed.card));
    case 'declined_then_pays':
      await pay(visit, DECLINED_CARD);
      return void (await pay(visit, deed.card));
    case 'pays_twice':
      return void (await Promise.all([pay(visit, deed.card), pay(visit, deed.card)]));
    case 'cancels':
      return visit.cancel();
    case 'cancels_while_paying':
      return void (await Promise.all([visit.cancel(), pay(visit, deed.card)]));
    case 'expires':
      return void (await expire(visit));
    case 'expires_then_pays':
      await expire(visit);
      return void (await pay(visit, deed.card));
    case 'leaves':
      return undefined;
  }
}

async function pay(visit: Visit, card: string): Promise<void> {
  const paid = await act(visit, 'pay the page', () => visit.topology.desk.payPage(visit.pageUrl, card));
  if (!CHALLENGED_CARDS.has(card) || paid.verdict !== 'ok') return;
  await act(visit, 'pass 3-D Secure', () =>
    visit.topology.desk.browser('POST', `payment_pages/${sessionOf(visit)}/challenge`, { outcome: 'approve' }),
  );
}

/** The page's time is over: for this page the provider's clock has moved on. */
function expire(visit: Visit): Promise<Call> {
  return act(visit, 'expire the page', async () => {
    await visit.topology.providerOwner.query(
      'update checkout_sessions set expires_at = extract(epoch from now())::bigint - 1 where id = $1',
      [sessionOf(visit)],
    );
    return { status: 200, body: null };
  });
}

function act(visit: Visit, name: string, work: () => Promise<{ status: number; body: Json }>): Promise<Call> {
  const question = {
    process: `shopper-${visit.op}`,
    op: visit.op,
    name,
    path: sessionOf(visit),
    key: null,
    body: undefined,
  };
  return note(visit.history, question, work);
}

function sessionOf({ pageUrl }: Visit): string {
  return new URL(pageUrl).pathname.split('/').at(-1) ?? '';
}

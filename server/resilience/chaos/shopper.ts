import { setTimeout as delay } from 'node:timers/promises';
import type { Topology } from '../kit/topology.ts';
import { note } from './client.ts';
import type { Call, History, Json } from './history.ts';
import type { Deed } from './plan-operations.ts';
import { CHALLENGED_CARDS, DECLINED_CARD, WRONG_WORDS, type WrongWord } from './plan-values.ts';
import { tellWrongly } from './wrong-word.ts';

/** How long a shopper waits for what the provider told to be believed, in looks and milliseconds between them; then the page is paid anyway. */
const BELIEVED_LOOKS = 25;
const LOOK_MS = 200;

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
    case 'told_expired_then_pays':
    case 'told_cancelled_then_pays':
    case 'told_failed_then_pays':
      await hearWrongly(visit, WRONG_WORDS[deed.story]);
      return void (await pay(visit, deed.card));
  }
}

/** The provider tells us that the page is over; the shopper goes on once we believe it. */
async function hearWrongly(visit: Visit, word: WrongWord): Promise<void> {
  const { topology, deed } = visit;
  await act(visit, `be told: ${word}`, () => tellWrongly(topology, sessionOf(visit), word));
  const isOver = () =>
    topology.owner
      .query(
        `select 1 from payment_orders where checkout_id = $1 and state not in ('EXPIRED', 'CANCELLED', 'FAILED')`,
        [deed.body.checkout_id],
      )
      .then(({ rows }) => rows.length === 0)
      .catch(() => false);
  for (let look = 0; look < BELIEVED_LOOKS && !(await isOver()); look += 1) await delay(LOOK_MS);
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

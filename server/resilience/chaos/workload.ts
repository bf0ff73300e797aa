import { setTimeout as delay } from 'node:timers/promises';
import type { Topology } from '../kit/topology.ts';
import { ask, type Request } from './client.ts';
import type { Call, History } from './history.ts';
import { addBank, advance, dispute, type Paid, type Payer, payOut, refund } from './money-out.ts';
import type { Plan } from './plan.ts';
import type { Deed, Operation, PaymentBody } from './plan-operations.ts';
import { wrongWordIn } from './plan-values.ts';
import type { Progress } from './progress.ts';
import { visitPage } from './shopper.ts';

/** How often a shopper presses pay again while no page opens: as long as a breaker is open, and a little more. */
const SHOPPER_PATIENCE = 10;

export interface Workload {
  readonly plan: Plan;
  readonly topology: Topology;
  readonly history: History;
  readonly progress: Progress;
}

type PayOperation = Operation & { readonly deed: Extract<Deed, { kind: 'pay' }> };

/** What the callers know together. */
interface Shared {
  /** What each payment was answered, by its place. */
  readonly acknowledged: Map<number, Call>;
  /** What banks and days take their time for; nobody waits for it before he goes on. */
  readonly aside: Promise<void>[];
}

/** Lets every caller do its part of the plan, one operation after the other; resolves when all are done. */
export async function runWorkload(work: Workload): Promise<void> {
  const { plan, progress } = work;
  const started = performance.now();
  const shared: Shared = { acknowledged: new Map(), aside: [] };
  const callers = Array.from({ length: plan.clients }, async (_, client) => {
    for (let place = client; place < plan.operations.length; place += plan.clients) {
      await delay(Math.max(0, started + (place * 1000) / plan.perSecond - performance.now()));
      progress.begin();
      await new Caller(work, place, shared).perform();
    }
  });
  await Promise.all(callers);
  await Promise.all(shared.aside);
}

/** One operation of one caller. */
class Caller {
  readonly #work: Workload;
  readonly #place: number;
  readonly #operation: Operation;
  readonly #shared: Shared;

  constructor(work: Workload, place: number, shared: Shared) {
    this.#work = work;
    this.#place = place;
    this.#operation = work.plan.operations[place] as Operation;
    this.#shared = shared;
  }

  async perform(): Promise<void> {
    const { deed } = this.#operation;
    switch (deed.kind) {
      case 'pay':
        return this.#pay(deed);
      case 'again':
        return this.#about(deed.of, async (of) => void (await this.#send(paymentOf(of))));
      case 'other_body':
        return this.#about(
          deed.of,
          async (of) => void (await this.#send({ ...paymentOf(of), key: null, body: dearer(of.deed.body) })),
        );
      case 'key_reused':
        return this.#about(deed.of, async (of) => {
          if (of.deed.key !== null) await this.#send({ ...paymentOf(of), body: deed.body });
        });
      case 'bulk':
        return void (await this.#patiently({
          method: 'POST',
          path: '/payments/bulk',
          body: { payments: deed.bodies },
        }));
      case 'hosted':
        return this.#checkOut(deed);
      case 'retry':
        return this.#about(deed.of, async ({ shop, deed: { body } }) => {
          const id = body.payment_orders[0]?.payment_order_id ?? '';
          const card = { credit_card_info: { token: deed.token } };
          await this.#send({
            shop,
            method: 'POST',
            path: `/payments/${id}/retry`,
            route: '/payments/{id}/retry',
            body: card,
          });
        });
      case 'invalid':
        return void (await this.#patiently({ method: 'POST', path: '/payments', body: deed.body }));
      case 'read':
        return this.#read(deed);
      case 'refund':
        return this.#ofPaid(deed.of, (paid) => refund(this.#payer(), deed, paid));
      case 'dispute':
        return void this.#shared.aside.push(this.#ofPaid(deed.of, (paid) => dispute(this.#payer(), deed, paid)));
      case 'bank':
        return addBank(this.#payer(), deed);
      case 'payout':
        return payOut(this.#payer(), deed);
      case 'advance':
        return void this.#shared.aside.push(advance(this.#payer(), deed));
    }
  }

  async #pay(deed: PayOperation['deed']): Promise<void> {
    const call = await this.#patiently(paymentOf({ ...this.#operation, deed }));
    if (call.verdict === 'ok') this.#shared.acknowledged.set(this.#place, call);
  }

  async #checkOut(deed: Extract<Deed, { kind: 'hosted' }>): Promise<void> {
    const opened = await this.#patiently({ method: 'POST', path: '/checkouts', body: deed.body }, SHOPPER_PATIENCE);
    if (opened.verdict !== 'ok' || opened.answer.page_url === null) return;
    const { topology, history } = this.#work;
    const cancel = async () => {
      const path = `/checkouts/${deed.body.checkout_id}/cancel`;
      await this.#patiently({ method: 'POST', path, route: '/checkouts/{id}/cancel', body: {} });
    };
    // Money that comes too late is told by webhook alone: where webhooks are lost, the provider does not lie as well.
    const told = losesWebhooks(this.#work.plan) && wrongWordIn(deed.story) ? { ...deed, story: 'pays' as const } : deed;
    await visitPage({ history, topology, op: this.#place, deed: told, pageUrl: opened.answer.page_url, cancel });
  }

  async #read({ what, of, owner }: Extract<Deed, { kind: 'read' }>): Promise<void> {
    if (what === 'wallet') await this.#send({ method: 'GET', path: `/wallets/${owner}` });
    if (what === 'ledger') await this.#send({ method: 'GET', path: `/ledger?account_id=${owner}`, route: '/ledger' });
    if (what === 'balance') await this.#send({ method: 'GET', path: '/ledger/balance' });
    if (what === 'payment')
      await this.#about(of, async ({ shop, deed: { body } }) => {
        await this.#send({ shop, method: 'GET', path: `/payments/${body.checkout_id}`, route: '/payments/{id}' });
      });
  }

  /** Does something about an earlier payment, if there is one at that place and its caller was told that it is accepted. */
  async #about(place: number, work: (of: PayOperation) => Promise<void>): Promise<void> {
    const of = this.#work.plan.operations[place];
    if (of && isPayment(of) && this.#shared.acknowledged.has(place)) await work(of);
  }

  /** Does something about the newest payment from that place on back that its caller was shown as paid. */
  async #ofPaid(place: number, work: (paid: Paid) => Promise<void>): Promise<void> {
    for (let at = place; at >= 0; at -= 1) {
      const of = this.#work.plan.operations[at];
      const shown = this.#shared.acknowledged.get(at)?.answer.payment_orders ?? [];
      if (of && isPayment(of) && shown.some((order: { status: string }) => order.status === 'SUCCESS'))
        return work({ shop: of.shop, body: of.deed.body });
    }
  }

  #payer(): Payer {
    const { history, topology } = this.#work;
    const { shop } = this.#operation;
    return { history, topology, op: this.#place, shop, ask: (request) => this.#patiently(request) };
  }

  /** Sends again, a few times, while it is not known what became of the request. */
  async #patiently(
    request: Partial<Request> & Pick<Request, 'method' | 'path'>,
    patience = this.#operation.patience,
  ): Promise<Call> {
    const { pauseMs } = this.#operation;
    let call = await this.#send(request);
    for (let again = 0; again < patience && call.verdict === 'info'; again += 1) {
      await delay(pauseMs);
      call = await this.#send(request);
    }
    return call;
  }

  #send(request: Partial<Request> & Pick<Request, 'method' | 'path'>): Promise<Call> {
    const { history, topology } = this.#work;
    const { shop, door, client } = this.#operation;
    return ask(history, { process: `client-${client}`, op: this.#place, url: topology.urlOf(door), shop, ...request });
  }
}

function losesWebhooks({ nemeses }: Plan): boolean {
  return nemeses.some(({ strike }) => strike.kind === 'provider_fault' && strike.fault.kind === 'webhook_drop');
}

export function isPayment(operation: Operation): operation is PayOperation {
  return operation.deed.kind === 'pay';
}

/** The request of a payment, as it is sent each time. */
export function paymentOf({ shop, deed: { body, key, prefer } }: PayOperation) {
  return { shop, method: 'POST' as const, path: '/payments', body, key, prefer };
}

/** The same checkout, asking for one order more. */
function dearer(body: PaymentBody): PaymentBody {
  const extra = {
    payment_order_id: `${body.checkout_id}.extra`,
    seller_account: 'seller_1',
    amount: '1',
    currency: 'JPY',
  };
  return { ...body, payment_orders: [...body.payment_orders, extra] };
}

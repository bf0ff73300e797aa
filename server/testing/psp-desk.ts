import type { TestSimulator } from './simulator.ts';

const SECRET_KEY = 'sk_test_simulator_platform_secret_key';
const PUBLISHABLE_KEY = 'pk_test_simulator_platform_publishable_key';

/** A charge in the provider's own journal: money that it really took. */
export interface JournalCharge {
  readonly id: string;
  readonly amount: number;
  readonly currency: string;
  readonly attempt_id: string;
  readonly order_ids: readonly string[];
}

/** A refund in the provider's own journal: money that it really gave back, or is about to. */
export interface JournalRefund {
  readonly id: string;
  readonly amount: number;
  readonly currency: string;
  readonly status: 'pending' | 'succeeded';
  readonly attempt_id: string;
  /** Ours; null for a refund that was not made by us. */
  readonly refund_id: string | null;
}

/** A transfer to a seller's account at the provider, or a payout from there to its bank. */
export interface SentToSeller {
  readonly object: 'transfer' | 'payout';
  readonly amount: number;
  readonly status?: string;
}

export interface PspReply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The provider as a test meets it, past the line that the application uses. */
export interface PspDesk {
  /** What the provider took, for one order or in all. */
  charges(orderId?: string): Promise<readonly JournalCharge[]>;
  /** What the provider gave back, for one attempt or in all. */
  refunds(attemptId?: string): Promise<readonly JournalRefund[]>;
  /** What the provider sent for a payout of ours: transfers to the seller's account there, payouts from it. */
  payouts(payoutId: string, account: string): Promise<readonly SentToSeller[]>;
  /** Switches a fault of the simulator on. */
  fault(fault: Readonly<Record<string, string | number>>): Promise<void>;
  /** Moves the provider's clock forward, by so many seconds. */
  travel(seconds: number): Promise<void>;
  /** A test helper of the simulator that makes something happen, such as a dispute; answers what it made. */
  helper(path: string, form: Readonly<Record<string, string>>): Promise<Readonly<Record<string, unknown>>>;
  /** A call of the shopper's browser. */
  browser(method: 'GET' | 'POST', path: string, form?: Record<string, string>): Promise<PspReply>;
  /** Pays a hosted page as its form does; answers the page, or the error that the shopper would see. */
  payPage(redirectUrl: string, cardNumber?: string): Promise<PspReply>;
}

export function openPspDesk({ url }: Pick<TestSimulator, 'url'>): PspDesk {
  async function call(
    key: string,
    method: string,
    path: string,
    form?: Record<string, string>,
    account?: string,
  ): Promise<PspReply> {
    const response = await fetch(`${url}/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(account && { 'stripe-account': account }) },
      body: form && new URLSearchParams(form),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  async function journal<Line extends { id: string }>(name: string, filter: Record<string, string>): Promise<Line[]> {
    const all: Line[] = [];
    for (;;) {
      const query = new URLSearchParams({ limit: '1000', ...filter });
      const last = all.at(-1);
      if (last) query.set('starting_after', last.id);
      const { body } = await call(SECRET_KEY, 'GET', `test_helpers/${name}?${query}`);
      all.push(...(body.data as Line[]));
      if (!body.has_more) return all;
    }
  }

  return {
    charges: (orderId) => journal<JournalCharge>('journal', orderId ? { order_id: orderId } : {}),
    refunds: (attemptId) => journal<JournalRefund>('refund_journal', attemptId ? { attempt_id: attemptId } : {}),
    payouts: async (payoutId, account) => {
      const transfers = await call(SECRET_KEY, 'GET', `transfers?transfer_group=${payoutId}`);
      const list = `payouts?metadata[payout_id]=${payoutId}`;
      const payouts = await call(SECRET_KEY, 'GET', list, undefined, account);
      return [transfers, payouts].flatMap(({ body }) => body.data as SentToSeller[]);
    },
    browser: (method, path, form) => call(PUBLISHABLE_KEY, method, path, form),
    fault: async (fault) => {
      const form = Object.fromEntries(Object.entries(fault).map(([name, value]) => [name, String(value)]));
      const { status, body } = await call(SECRET_KEY, 'POST', 'test_helpers/faults', form);
      if (status !== 200) throw new Error(`the simulator does not take this fault: ${JSON.stringify(body)}`);
    },
    travel: async (seconds) => {
      const { status, body } = await call(SECRET_KEY, 'POST', 'test_helpers/clock', { advance: String(seconds) });
      if (status !== 200) throw new Error(`the simulator's clock does not move: ${JSON.stringify(body)}`);
    },
    helper: async (path, form) => {
      const { status, body } = await call(SECRET_KEY, 'POST', `test_helpers/${path}`, form);
      if (status !== 200) throw new Error(`the simulator does not do this: ${JSON.stringify(body)}`);
      return body;
    },
    payPage: async (redirectUrl, cardNumber = '4242424242424242') => {
      const session = new URL(redirectUrl).pathname.split('/').at(-1);
      const method = await call(PUBLISHABLE_KEY, 'POST', 'payment_methods', {
        type: 'card',
        'card[number]': cardNumber,
        'card[exp_month]': '12',
        'card[exp_year]': '2040',
        'card[cvc]': '123',
      });
      if (method.status !== 200) return method;
      return call(PUBLISHABLE_KEY, 'POST', `payment_pages/${session}/confirm`, {
        payment_method: String(method.body.id),
      });
    },
  };
}

import fc from 'fast-check';
import { CURRENCIES, MAX_AMOUNT_MINOR } from '#kernel';
import { TRIES_UNTIL_TOLD } from '#payments';
import type { Enquiry } from '#psp';
import type { Intake } from '../../payments/accept-payment.ts';
import { checkAll, digest } from './check.ts';
import type { Core, News } from './core.ts';
import { type Expected, must } from './expected.ts';
import { anyNews, type NewsOf } from './news.ts';
import { EVERYONE, SELLERS } from './sellers.ts';

/** One run: the model, what was asked and told so far, and what is counted. */
export interface Run {
  readonly expected: Expected;
  readonly intakes: Intake[];
  readonly batches: (readonly News[])[];
  readonly count: (name: string) => void;
}

type Step = fc.Command<Run, Core>;

const MAX_CHECKOUTS = 4;

/** A step that makes sense when `can` says so; everything is checked after it, whatever it did. */
function step(name: string, can: (run: Run) => boolean, act: (run: Run, core: Core) => void): Step {
  return {
    check: can,
    run: (run, core) => {
      run.count(name.slice(0, `${name} `.indexOf(' ')));
      act(run, core);
      checkAll(run.expected, core);
    },
    toString: () => name,
  };
}

const at = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;
const index = fc.nat({ max: 60 });
const amountMinor = fc.oneof(
  fc.constantFrom(1n, 2n, 39n, 40n, 41n, 100n, 9_999n, 10_001n, MAX_AMOUNT_MINOR - 1n, MAX_AMOUNT_MINOR),
  fc.bigInt({ min: 1n, max: MAX_AMOUNT_MINOR }),
);
const line = fc.record({
  seller: fc.constantFrom(...Object.keys(SELLERS), 'stranger'),
  amountMinor,
  currency: fc.constantFrom(...CURRENCIES),
});
const wish = fc.record({
  flow: fc.constantFrom('direct' as const, 'hosted' as const),
  buyer: fc.constantFrom('ann', 'bob'),
  lines: fc.array(line, { minLength: 1, maxLength: 4 }),
});
type Wish = typeof wish extends fc.Arbitrary<infer Value> ? Value : never;

const create = wish.map((wanted) =>
  step(
    `create ${wanted.flow} ${wanted.lines.map((one) => `${one.amountMinor} ${one.currency} for ${one.seller}`).join(', ')}`,
    (run) => run.intakes.length < MAX_CHECKOUTS,
    (run, core) => {
      const intake = intakeOf(`checkout_${run.intakes.length + 1}`, wanted);
      must(core.accept(intake) === 'new', 'a new checkout is accepted');
      run.intakes.push(intake);
      expectOrders(run.expected, intake);
      if (wanted.flow === 'direct') followNew(run.expected, core);
    },
  ),
);

function intakeOf(checkoutId: string, { flow, buyer, lines }: Wish): Intake {
  const [first] = lines;
  return {
    principal: 'key:shop',
    request: {
      checkoutId,
      buyer: { userId: buyer, email: 'buyer@example.com', name: 'Buyer' },
      ...(flow === 'direct' && { payment: { token: 'tok_visa' } }),
      orders: lines.map((one, place) => ({
        paymentOrderId: `${checkoutId}.${place + 1}`,
        sellerAccount: one.seller,
        // One hosted page takes one currency.
        amount: { amountMinor: one.amountMinor, currency: (flow === 'hosted' && first?.currency) || one.currency },
      })),
    },
  };
}

function expectOrders(expected: Expected, { request }: Intake): void {
  for (const { paymentOrderId: id, sellerAccount, amount } of request.orders) {
    const [basisPoints, fixedMinor] = SELLERS[sellerAccount] ?? EVERYONE;
    const share = amount.amountMinor * basisPoints;
    // What does not divide stays with the seller; nobody pays more than was paid.
    const fee = (share - (share % 10_000n)) / 10_000n + fixedMinor;
    expected.orders.set(id, {
      id,
      checkoutId: request.checkoutId,
      sellerId: sellerAccount,
      buyerId: request.buyer.userId,
      currency: amount.currency,
      grossMinor: amount.amountMinor,
      feeMinor: fee > amount.amountMinor ? amount.amountMinor : fee,
      stage: 'new',
    });
  }
}

/** Takes into the model the attempts that were opened, answers how many. */
function followNew(expected: Expected, core: Core): number {
  const known = new Set(expected.attempts.map((attempt) => attempt.id));
  const fresh = [...core.tables.attempts.values()].filter((attempt) => !known.has(attempt.id));
  for (const attempt of fresh) expected.opened(attempt);
  return fresh.length;
}

const repeatRequest = fc
  .record({ which: index, other: fc.constantFrom('nothing', 'amount', 'principal', 'id') })
  .map(({ which, other }) =>
    step(
      `repeat-request ${which} with another ${other}`,
      (run) => run.intakes.length > 0,
      (run, core) => {
        const before = digest(core.tables);
        const answer = core.accept(changed(at(run.intakes, which), other));
        must(
          answer === (other === 'nothing' ? 'replay' : 'idempotency_mismatch'),
          `a repetition was answered ${answer}`,
        );
        must(digest(core.tables) === before, 'a repetition changed something');
      },
    ),
  );

/** The request again, with something else under the same ids. */
function changed(intake: Intake, what: string): Intake {
  const { principal, request } = intake;
  if (what === 'principal') return { principal: `${principal}_2`, request };
  if (what === 'id') return { principal, request: { ...request, checkoutId: `${request.checkoutId}_2` } };
  if (what === 'nothing') return intake;
  const orders = request.orders.map((order) => ({
    ...order,
    amount: { ...order.amount, amountMinor: order.amount.amountMinor + 1n },
  }));
  return { principal, request: { ...request, orders } };
}

const news = fc.record({ which: index, of: anyNews, asEvent: fc.boolean() });
type Heard = { readonly which: number; readonly of: NewsOf; readonly asEvent: boolean };

const learn = fc.array(news, { minLength: 1, maxLength: 3 }).map((heard: readonly Heard[]) =>
  step(
    `learn ${heard.map(({ which, of }) => `${which}: ${of({ amountMinor: 0n, currency: 'USD' }).kind}`).join(', ')}`,
    (run) => run.expected.attempts.length > 0,
    (run, core) => {
      const batch = heard.map(({ which, of, asEvent }): News => {
        // The latest attempts are the ones about which there is most to learn.
        const { id } = at(run.expected.attempts.toReversed(), which);
        return { attemptId: id, outcome: of(core.tables.attempt(id)), asEvent };
      });
      run.batches.push(batch);
      tell(run, core, batch);
    },
  ),
);

/** The provider is asked as often as it takes, and never heard of the attempt. */
const hearNothing = index.map((which) =>
  step(
    `hear-nothing ${which}`,
    (run) => run.expected.attempts.length > 0,
    (run, core) => {
      const { id: attemptId } = at(run.expected.attempts.toReversed(), which);
      const look: News = { attemptId, outcome: { kind: 'absent' }, asEvent: false };
      tell(
        run,
        core,
        Array.from({ length: TRIES_UNTIL_TOLD + 1 }, () => look),
      );
    },
  ),
);

const learnAgain = index.map((which) =>
  step(
    `learn-again ${which}`,
    (run) => run.batches.length > 0,
    (run, core) => tell(run, core, at(run.batches, which)),
  ),
);

function tell({ expected, count }: Run, core: Core, batch: readonly News[]): void {
  const stale = expected.allStale(batch);
  const before = stale ? digest(core.tables) : '';
  const known = new Set(core.tables.attempts.keys());
  const applied = core.learn(batch);
  const followUps = [...core.tables.attempts.values()].filter((attempt) => !known.has(attempt.id));
  for (const [place, { attemptId, outcome }] of batch.entries()) {
    const { attemptState: state = '', verdict = '' } = applied[place] ?? {};
    const attempt = expected.attempt(attemptId);
    const mayFollow = attempt.open && state === 'DECLINED';
    const next = followUps.findIndex((one) => mayFollow && one.orderIds.join() === attempt.orderIds.join());
    expected.learn(attemptId, outcome, { state, followUpId: followUps.splice(next, next < 0 ? 0 : 1)[0]?.id ?? null });
    count(`news ${outcome.kind}`);
    count(`verdict ${verdict}`);
    if (outcome.kind === 'absent' && verdict === 'applied' && state === 'CANCELLED') count('called off');
  }
  must(followUps.length === 0, `${followUps.length} attempts were opened without a reason`);
  if (stale) must(digest(core.tables) === before, `old news changed something: ${kindsOf(batch)}`);
}

function kindsOf(batch: readonly { readonly outcome: Enquiry }[]): string {
  return batch.map(({ outcome }) => outcome.kind).join(', ');
}

const retry = index.map((which) =>
  step(
    `retry ${which}`,
    (run) => run.expected.orders.size > 0,
    (run, core) => {
      const order = at([...run.expected.orders.values()], which);
      const isDirect = run.expected.attempts.some((one) => one.orderIds.includes(order.id) && one.kind === 'direct');
      if (!isDirect) return;
      open(run, core, core.tables.order(order.id).state === 'FAILED', () => core.retry(order.id, 'tok_mastercard'));
    },
  ),
);

const openPage = index.map((which) =>
  step(
    `open-page ${which}`,
    (run) => run.intakes.length > 0,
    (run, core) => {
      const { checkoutId, payment } = at(run.intakes, which).request;
      const states = core.tables.ordersOf(checkoutId).map((order) => order.state);
      const isOpen = run.expected.attempts.some((one) => one.open && run.expected.isOf(one, checkoutId));
      const isWanted = run.expected.isWanted(checkoutId);
      const isFree = states.every((state) => state === 'NOT_STARTED' || state === 'FAILED');
      if (!payment && isOpen && isWanted) {
        const before = digest(core.tables);
        must(core.openPage(checkoutId) === 'done', 'a second click finds the first one');
        must(digest(core.tables) === before, 'a second click changed something');
      } else open(run, core, !payment && !isOpen && isFree, () => core.openPage(checkoutId));
    },
  ),
);

/** Opens one attempt where that is allowed; elsewhere it is refused and nothing changes. */
function open({ expected, count }: Run, core: Core, allowed: boolean, act: () => string): void {
  const before = digest(core.tables);
  const answer = act();
  must(answer === (allowed ? 'done' : 'checkout_not_payable'), `the next attempt was answered ${answer}`);
  must(followNew(expected, core) === (allowed ? 1 : 0), 'one attempt is opened, or none');
  if (!allowed) must(digest(core.tables) === before, 'a refusal changed something');
  count(allowed ? 'opened' : 'refused');
}

const askAgain = index.map((which) =>
  step(
    `ask-again ${which}`,
    (run) => run.expected.attempts.length > 0,
    (run, core) => core.askAgain(at(run.expected.attempts, which).id),
  ),
);

/** Steps in any order, news most of all. */
export const steps: readonly fc.Arbitrary<Step>[] = [
  create,
  create,
  repeatRequest,
  ...[learn, learn, learn, learn, learn, learn],
  ...[learnAgain, learnAgain],
  ...[hearNothing, hearNothing],
  ...[retry, retry, openPage, openPage],
  askAgain,
];

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Book, type LockedAccount } from './book.ts';
import { type AccountKind, type AccountRef, accountCode, CHART } from './chart.ts';
import { createPosting, type Leg, lateCaptureHeld, orderCaptured, type Posting } from './postings.ts';

const NOW = new Date('2026-11-23T12:00:00Z');
const KINDS = Object.keys(CHART) as AccountKind[];
const ACCOUNTS: AccountRef[] = (['USD', 'JPY'] as const).flatMap((currency) =>
  KINDS.map((kind) => ({ kind, ownerId: 'x', currency })),
);

const amount = fc.bigInt({ min: 1n, max: 99_999_999n });
const account = fc.constantFrom(...ACCOUNTS);
const SIDES = {
  debit: (balance: bigint) => balance >= 0n,
  credit: (balance: bigint) => balance <= 0n,
  either: () => true,
};

/** Arbitrary legs that add up to zero in each currency, over at least two accounts. */
const legs: fc.Arbitrary<Leg[]> = fc
  .array(fc.record({ from: account, to: account, amountMinor: amount }), { minLength: 1, maxLength: 6 })
  .map((moves) =>
    moves
      .filter(({ from, to }) => from.currency === to.currency && from !== to)
      .flatMap(({ from, to, amountMinor }) => [
        { account: to, amountMinor },
        { account: from, amountMinor: -amountMinor },
      ]),
  )
  .filter((all) => all.length > 0);

let facts = 0;
function posting(of: readonly Leg[]): Posting {
  facts += 1;
  return createPosting({ kind: 'order_captured', sourceId: `fact_${facts}`, effectiveAt: NOW, legs: of });
}

function openBook(): Book {
  return new Book(
    ACCOUNTS.map(
      (one, index): LockedAccount => ({ id: BigInt(index + 1), code: accountCode(one), balance: 0n, version: 0n }),
    ),
  );
}

function sumsByCurrency(of: readonly Leg[]): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const leg of of) sums.set(leg.account.currency, (sums.get(leg.account.currency) ?? 0n) + leg.amountMinor);
  return sums;
}

describe('a posting', () => {
  test('of a captured order adds up to zero, gives the buyer the gross and splits it between seller and platform', () => {
    fc.assert(
      fc.property(
        amount,
        fc.integer({ min: 0, max: 10_000 }),
        fc.constantFrom('USD' as const, 'JPY' as const, 'KWD' as const),
        (gross, bps, currency) => {
          const commissionMinor = (gross * BigInt(bps)) / 10_000n;
          const made = orderCaptured({
            paymentOrderId: 'o',
            buyerId: 'b',
            sellerId: 's',
            gross: { amountMinor: gross, currency },
            commissionMinor,
            capturedAt: NOW,
          });
          const by = new Map(made.legs.map((leg) => [leg.account.kind, leg.amountMinor]));
          expect([...sumsByCurrency(made.legs)]).toEqual([[currency, 0n]]);
          expect(by.get('buyer')).toBe(gross);
          expect(by.get('seller_pending') ?? 0n).toBe(commissionMinor - gross);
          expect(by.get('platform_fees') ?? 0n).toBe(-commissionMinor);
          expect(made.legs.every((leg) => leg.amountMinor !== 0n)).toBe(true);
        },
      ),
    );
  });

  test('of a late capture holds the whole amount for the buyer and gives nobody else a share', () => {
    const made = lateCaptureHeld({
      attemptId: 'a',
      buyerId: 'b',
      amount: { amountMinor: 500n, currency: 'JPY' },
      capturedAt: NOW,
    });
    expect(made.legs.map((leg) => [accountCode(leg.account), leg.amountMinor])).toEqual([
      ['buyer:b:JPY', 500n],
      ['suspense:platform:JPY', -500n],
    ]);
  });

  test('that does not balance in each currency by itself cannot be made', () => {
    fc.assert(
      fc.property(legs, account, amount, (good, extra, more) => {
        expect(() => posting([...good, { account: extra, amountMinor: more }])).toThrow(/is off by/);
      }),
    );
    const [usd, jpy] = [ACCOUNTS.find((one) => one.currency === 'USD'), ACCOUNTS.find((one) => one.currency === 'JPY')];
    expect(() =>
      posting([
        { account: usd as AccountRef, amountMinor: 5n },
        { account: jpy as AccountRef, amountMinor: -5n },
      ]),
    ).toThrow(/is off by/);
  });

  test('moves money between at least two accounts', () => {
    const [one] = ACCOUNTS as [AccountRef];
    expect(() => posting([])).toThrow('at least two accounts');
    expect(() =>
      posting([
        { account: one, amountMinor: 5n },
        { account: { ...one }, amountMinor: -5n },
      ]),
    ).toThrow('at least two accounts');
    expect(() =>
      posting([
        { account: one, amountMinor: 0n },
        { account: ACCOUNTS[1] as AccountRef, amountMinor: 0n },
      ]),
    ).toThrow('at least two accounts');
  });
});

/** The naive model: a map of balances, one posting after the other. */
class Model {
  readonly balances = new Map<string, bigint>();
  readonly entries: [string, bigint, bigint][] = [];

  post(one: Posting): boolean {
    const next = new Map(this.balances);
    for (const leg of one.legs) {
      const code = accountCode(leg.account);
      next.set(code, (next.get(code) ?? 0n) + leg.amountMinor);
    }
    const touched = new Set(one.legs.map((leg) => leg.account));
    for (const ref of touched) if (!SIDES[CHART[ref.kind].balanceRule](next.get(accountCode(ref)) ?? 0n)) return false;
    for (const leg of one.legs) {
      const code = accountCode(leg.account);
      this.balances.set(code, (this.balances.get(code) ?? 0n) + leg.amountMinor);
      this.entries.push([code, leg.amountMinor, this.balances.get(code) ?? 0n]);
    }
    return true;
  }
}

function written(book: Book) {
  const [statement] = book.writes();
  const values = (statement?.values ?? Array.from({ length: 16 }, () => [])) as unknown[][];
  const codeOf = (id: unknown) => accountCode(ACCOUNTS[Number(id) - 1] as AccountRef);
  return {
    transactions: values[0]?.length,
    entries: (values[6] ?? []).map((id, place) => ({
      code: codeOf(id),
      seq: values[7]?.[place] as bigint,
      amount: values[9]?.[place] as bigint,
      after: values[10]?.[place] as bigint,
    })),
    accounts: (values[12] ?? []).map((id, place) => ({
      code: codeOf(id),
      versionRead: values[13]?.[place] as bigint,
      balance: values[14]?.[place] as bigint,
      version: values[15]?.[place] as bigint,
    })),
    expectRows: statement?.expectRows,
  };
}

describe('the book, after any sequence of postings', () => {
  test('agrees with the naive model, entry by entry and balance by balance', () => {
    fc.assert(
      fc.property(fc.array(legs, { maxLength: 30 }), (sequence) => {
        const [book, model] = [openBook(), new Model()];
        let accepted = 0;
        for (const of of sequence) {
          const one = posting(of);
          const posted = book.post(one).kind === 'posted';
          expect(posted).toBe(model.post(one));
          if (posted) accepted += 1;
        }
        const { entries, accounts, transactions } = written(book);
        // Written account by account; within an account in the order of posting.
        const placeOf = new Map(ACCOUNTS.map((ref, place) => [accountCode(ref), place]));
        const expected = model.entries.toSorted(([a], [b]) => (placeOf.get(a) ?? 0) - (placeOf.get(b) ?? 0));
        expect(entries.map(({ code, amount: moved, after }) => [code, moved, after])).toEqual(expected);
        expect(transactions ?? 0).toBe(accepted);
        for (const { code, balance } of accounts) expect(balance).toBe(model.balances.get(code));
      }),
    );
  });

  test('numbers the entries of each account without a gap, writes each touched account once, and keeps every side', () => {
    fc.assert(
      fc.property(fc.array(legs, { minLength: 1, maxLength: 30 }), (sequence) => {
        const book = openBook();
        for (const of of sequence) book.post(posting(of));
        const { entries, accounts, expectRows } = written(book);
        for (const [code, ofAccount] of Map.groupBy(entries, (entry) => entry.code)) {
          expect(ofAccount.map((entry) => entry.seq)).toEqual(ofAccount.map((_, place) => BigInt(place + 1)));
          const row = accounts.filter((one) => one.code === code);
          expect(row).toEqual([
            { code, versionRead: 0n, balance: ofAccount.at(-1)?.after, version: BigInt(ofAccount.length) },
          ]);
        }
        expect(accounts.reduce((sum, one) => sum + one.version, 0n)).toBe(BigInt(entries.length));
        if (entries.length > 0) expect(expectRows).toBe(accounts.length);
        for (const { code, balance } of accounts) {
          const kind = code.slice(0, code.indexOf(':')) as AccountKind;
          expect(SIDES[CHART[kind].balanceRule](balance)).toBe(true);
        }
      }),
    );
  });

  test('adds up to zero in each currency', () => {
    fc.assert(
      fc.property(fc.array(legs, { minLength: 1, maxLength: 30 }), (sequence) => {
        const book = openBook();
        for (const of of sequence) book.post(posting(of));
        const { accounts } = written(book);
        for (const currency of ['USD', 'JPY'])
          expect(
            accounts.filter((one) => one.code.endsWith(currency)).reduce((sum, one) => sum + one.balance, 0n),
          ).toBe(0n);
      }),
    );
  });
});

test('a posting that would turn a balance to the wrong side is refused by name and leaves no trace', () => {
  const book = openBook();
  const [seller, buyer] = [
    { kind: 'seller_pending', ownerId: 'x', currency: 'USD' },
    { kind: 'buyer', ownerId: 'x', currency: 'USD' },
  ] as const;
  const refused = posting([
    { account: seller, amountMinor: 1n },
    { account: buyer, amountMinor: -1n },
  ]);
  expect(book.post(refused)).toEqual({ kind: 'refused', reason: 'balance_side', account: 'seller_pending:x:USD' });
  expect(book.writes()).toEqual([]);
});

test('two legs on one account are judged by where it ends, not by where it passes', () => {
  const book = openBook();
  const seller = { kind: 'seller_pending', ownerId: 'x', currency: 'USD' } as const;
  const buyer = { kind: 'buyer', ownerId: 'x', currency: 'USD' } as const;
  const through = posting([
    { account: seller, amountMinor: 5n },
    { account: seller, amountMinor: -8n },
    { account: buyer, amountMinor: 3n },
  ]);
  expect(book.post(through).kind).toBe('posted');
});

test('posting to an account that was not locked is a defect, not a refusal', () => {
  const stranger = { kind: 'buyer', ownerId: 'stranger', currency: 'USD' } as const;
  const suspense = { kind: 'suspense', ownerId: 'x', currency: 'USD' } as const;
  const one = posting([
    { account: stranger, amountMinor: 1n },
    { account: suspense, amountMinor: -1n },
  ]);
  expect(() => openBook().post(one)).toThrow('was not locked');
});

import { MAX_SENDS } from '#payments';
import { must } from './expected.ts';
import type { Tables } from './tables.ts';

/** The legal moves of an order, as docs/architecture.md draws them: written here once more, so that a change is noticed. */
const LEGAL = new Set(
  [
    'NOT_STARTED EXECUTING',
    'EXECUTING SUCCESS FAILED REQUIRES_ACTION UNKNOWN',
    'REQUIRES_ACTION EXECUTING EXPIRED CANCELLED',
    'UNKNOWN SUCCESS FAILED REQUIRES_ACTION MANUAL_REVIEW',
    'MANUAL_REVIEW SUCCESS FAILED REQUIRES_ACTION',
    'FAILED EXECUTING LATE_SUCCESS',
    'EXPIRED LATE_SUCCESS',
    'CANCELLED LATE_SUCCESS',
    'LATE_SUCCESS AUTO_REFUNDING',
  ].flatMap((line) => {
    const [from, ...to] = line.split(' ');
    return to.map((one) => `${from} ${one}`);
  }),
);
const CREDIT_SIDE = ['seller_pending', 'seller_reserved', 'payout_in_transit'];
const CHARGED = ['SUCCESS', 'LATE_SUCCESS', 'AUTO_REFUNDING'];
const ON_ITS_WAY = ['EXECUTING', 'REQUIRES_ACTION', 'UNKNOWN', 'MANUAL_REVIEW'];

/** The invariants that hold after every step, with the numbers of docs/reliability.md. Throws at the first that is broken. */
export function checkInvariants(tables: Tables): void {
  checkTransactions(tables);
  checkAccounts(tables);
  checkHistory(tables);
  checkCaptures(tables);
  checkHeldMoney(tables);
  checkAttempts(tables);
  checkWaiting(tables);
}

function checkTransactions({ entries, transactions, accounts, orders }: Tables): void {
  const codes = new Map([...accounts.values()].map((account) => [account.id, account.code]));
  for (const [id, lines] of Map.groupBy(entries, (entry) => entry.transactionId)) {
    const transaction = transactions.get(id);
    must(transaction !== undefined && transaction.legs === lines.length, `I3: transaction ${id} is not whole`);
    must(new Set(lines.map((line) => line.accountId)).size >= 2, `I3: transaction ${id} has one account`);
    for (const line of lines) {
      must(line.amountMinor !== 0n, `I3: transaction ${id} has an entry of nothing`);
      must(codes.get(line.accountId)?.endsWith(`:${line.currency}`) ?? false, `I4: ${id} mixes currencies`);
    }
    for (const [currency, part] of Map.groupBy(lines, (line) => line.currency))
      must(sum(part.map((line) => line.amountMinor)) === 0n, `I1: transaction ${id} is off in ${currency}`);
    const order = transaction.kind === 'order_captured' ? orders.get(transaction.sourceId) : undefined;
    if (!order) continue;
    const on = (kind: string) =>
      sum(lines.filter((line) => codes.get(line.accountId)?.startsWith(`${kind}:`)).map((line) => line.amountMinor));
    const isWhole = -on('seller_pending') - on('platform_fees') === order.amountMinor;
    must(isWhole && on('buyer') === order.amountMinor, `I20: ${order.id}: seller and platform do not share the gross`);
  }
  must(transactions.size === new Set(entries.map((entry) => entry.transactionId)).size, 'I3: a transaction is empty');
}

function checkAccounts({ accounts, entries }: Tables): void {
  const lines = Map.groupBy(entries, (entry) => entry.accountId);
  for (const { id, code, balance, version } of accounts.values()) {
    let [seq, running] = [0n, 0n];
    for (const line of lines.get(id) ?? []) {
      seq += 1n;
      running += line.amountMinor;
      must(line.accountSeq === seq && line.balanceAfter === running, `I6: ${code} breaks at entry ${line.accountSeq}`);
    }
    must(version === seq && balance === running, `I6: ${code} is ${balance} and its entries make ${running}`);
    const isOnItsSide = balance <= 0n || !CREDIT_SIDE.some((kind) => code.startsWith(`${kind}:`));
    must(isOnItsSide, `I11: ${code} is on the wrong side`);
  }
}

function checkHistory({ orders, transitions, outbox }: Tables): void {
  const histories = Map.groupBy(transitions, (one) => one.orderId);
  for (const { id, state, stateSeq } of orders.values()) {
    let [seq, at] = [0, 'NOT_STARTED'];
    for (const step of histories.get(id) ?? []) {
      seq += 1;
      must(step.seq === seq && step.from === at, `I16: the history of ${id} has a gap at ${step.seq}`);
      must(LEGAL.has(`${step.from} ${step.to}`), `I16: ${id} went from ${step.from} to ${step.to}`);
      at = step.to;
    }
    must(at === state && seq === stateSeq, `I16: ${id} is ${state}, its history ends in ${at}`);
    const told = outbox.filter((row) => row.key === id).map((row) => row.state);
    if (state !== 'NOT_STARTED' && state !== 'EXECUTING')
      must(told.at(-1) === state, `I30: ${id} is ${state}, the outbox says ${told.at(-1)}`);
    must(told.filter((one) => one === 'SUCCESS').length <= 1, `I30: ${id} was told as paid twice`);
  }
}

function checkCaptures({ orders, captures, funds, transactions }: Tables): void {
  const credited = new Set(
    [...transactions.values()].filter((one) => one.kind === 'order_captured').map((one) => one.sourceId),
  );
  for (const order of orders.values()) {
    const capture = captures.get(order.id);
    must(
      CHARGED.includes(order.state) === (capture !== undefined),
      `I15: ${order.id} is ${order.state}, charged or not`,
    );
    const isWhole = capture?.amountMinor === order.amountMinor && capture.currency === order.currency;
    must(capture === undefined || isWhole, `I13: ${order.id} is not charged whole`);
    const earned = order.state === 'SUCCESS' ? order.amountMinor - order.commissionMinor : undefined;
    must(
      funds.get(order.id)?.earnedMinor === earned,
      `I14: ${order.id} is ${order.state}, and its seller waits for another sum`,
    );
    must(credited.has(order.id) === (order.state === 'SUCCESS'), `I14: ${order.id} is ${order.state}, credited or not`);
  }
}

/** Nothing was given back yet, so suspense is what the attempts hold. */
function checkHeldMoney({ accounts, attempts }: Tables): void {
  for (const { code, balance } of accounts.values()) {
    const [kind, , currency] = code.split(':');
    if (kind !== 'suspense') continue;
    const held = [...attempts.values()].filter((attempt) => attempt.currency === currency);
    const isWaiting = -balance === sum(held.map((attempt) => attempt.heldMinor ?? 0n));
    must(isWaiting, `I9: suspense of ${currency} is ${balance}, and no refund is due for it`);
  }
}

function checkAttempts({ attempts, orders }: Tables): void {
  const open = new Map<string, string>();
  for (const attempt of attempts.values()) {
    must(attempt.sends <= MAX_SENDS, `I33: ${attempt.id} was sent ${attempt.sends} times`);
    const asked = attempt.orderIds.map((id) => orders.get(id));
    const isSum = sum(asked.map((order) => order?.amountMinor ?? 0n)) === attempt.amountMinor;
    must(
      isSum && asked.every((order) => order?.currency === attempt.currency),
      `I19: ${attempt.id} asks for another sum`,
    );
    if (attempt.finishedAt !== null) continue;
    must(attempt.resolveAt !== null, `I41: ${attempt.id} is open and nobody looks again`);
    for (const id of attempt.orderIds) {
      const isLeftBehind = attempt.state === 'REQUIRES_ACTION' && orders.get(id)?.state === 'UNKNOWN';
      must(!isLeftBehind, `I16: ${id} is UNKNOWN, and ${attempt.id} waits for the shopper`);
      must(!open.has(id), `I17: ${id} has two open attempts, ${open.get(id)} and ${attempt.id}`);
      open.set(id, attempt.id);
    }
  }
}

/** Nothing waits for nobody: an open attempt has its next look or a person who was told. */
function checkWaiting(tables: Tables): void {
  const told = new Set(tables.deadLetters.filter((letter) => letter.open).map((letter) => letter.subject));
  for (const { id, state } of tables.orders.values()) {
    if (!ON_ITS_WAY.includes(state)) continue;
    const attempts = tables.attemptsOf(id);
    const isLookedAt = attempts.some((attempt) => attempt.finishedAt === null && attempt.resolveAt !== null);
    must(isLookedAt || attempts.some((attempt) => told.has(attempt.id)), `I41: ${id} is ${state} and nobody looks`);
  }
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}

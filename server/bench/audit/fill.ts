import type pg from 'pg';

/** Owners of accounts: a marketplace with few large sellers and many buyers. */
const BUYERS = 10_000;
const SELLERS = 500;
/** A captured order has three: buyer, seller, commission. */
const ENTRIES_PER_ORDER = 3;
/** Orders that one statement fills in: its sorting stays in memory. */
const FILL_AT_ONCE = 50_000;
/** Of so many orders one is declined, and so is one more of them late: books without a failure are no books. */
const DECLINED_ONE_IN = 20;

/**
 * Fills a database with whole payments, straight into the tables and with the triggers off, in the shape that taking payments
 * gives them: checkouts, orders with their history, attempts, captures, ledger, outbox, and an inbox with a webhook each.
 * Answers how many ledger entries there are. That it is sound is for the audit to say.
 */
export async function fillBooks(owner: pg.Client, entries: number): Promise<number> {
  await owner.query(
    `insert into sellers (id, display_name) select 'seller_' || n, 'Seller ' || n from generate_series(1, ${SELLERS}) n`,
  );
  await owner.query(OPEN_ACCOUNTS);
  await owner.query('analyze ledger_accounts');
  const orders = Math.ceil((entries / ENTRIES_PER_ORDER) * (DECLINED_ONE_IN / (DECLINED_ONE_IN - 1)));
  for (let first = 1; first <= orders; first += FILL_AT_ONCE) {
    await owner.query('begin');
    await owner.query('set local session_replication_role = replica');
    await owner.query(PAYMENTS, [first, Math.min(first + FILL_AT_ONCE - 1, orders), orders]);
    await owner.query('analyze filling');
    for (const statement of FROM_PAYMENTS) await owner.query(statement);
    await owner.query('drop table filling');
    await owner.query('commit');
  }
  await owner.query('vacuum analyze');
  const { rows } = await owner.query<{ count: string }>('select count(*) from ledger_entries');
  return Number(rows[0]?.count);
}

/** One buyer pays in one currency; sellers and the platform take all three. */
const CURRENCY_OF_BUYER = (buyer: string) => `case ${buyer} % 10 when 0 then 'JPY' when 1 then 'KWD' else 'USD' end`;

const OPEN_ACCOUNTS = `
  insert into ledger_accounts (code, kind, owner_id, currency, balance_rule)
  select kind || ':' || owner_id || ':' || currency, kind, owner_id, currency, rule from (
    select 'buyer' as kind, 'buyer_' || n as owner_id, ${CURRENCY_OF_BUYER('n')} as currency, 'either' as rule from generate_series(1, ${BUYERS}) n
    union all select 'seller_pending', 'seller_' || n, currency, 'credit' from generate_series(1, ${SELLERS}) n, unnest(array['USD', 'JPY', 'KWD']) currency
    union all select 'platform_fees', 'platform', currency, 'either' from unnest(array['USD', 'JPY', 'KWD']) currency
  ) accounts`;

/** Orders $1 to $2 of $3, a millisecond apart, the last one just now. */
const PAYMENTS = `
  create temporary table filling as
  select 'order_' || n as order_id, 'checkout_' || n as checkout_id, 'att_' || replace(uuidv7()::text, '-', '') as attempt_id, uuidv7() as transaction_id,
         'pi_' || md5(n::text) as payment_id, 'ch_' || md5(n::text) as charge_id,
         amount, amount * 250 / 10000 as commission, buyer, ${CURRENCY_OF_BUYER('buyer')} as currency, 'seller_' || seller as seller_id,
         n % ${DECLINED_ONE_IN} = 0 as declined, now() - ($3 - n) * interval '1 millisecond' as at, n
  from (select n, 100 + n % 9973 as amount, 1 + (n * 7919) % ${BUYERS} as buyer, 1 + (n * 104729) % ${SELLERS} as seller
        from generate_series($1::bigint, $2::bigint) n) drawn`;

const FROM_PAYMENTS = [
  `insert into payment_events (checkout_id, principal, flow, request_hash, buyer_user_id, buyer_email, buyer_name, created_at)
   select checkout_id, 'key:bench', 'direct', sha256(checkout_id::bytea), 'buyer_' || buyer, 'buyer_' || buyer || '@example.com', 'Buyer ' || buyer, at from filling`,
  `insert into payment_orders (payment_order_id, checkout_id, line_no, seller_id, amount_minor, currency, commission_minor, state, state_seq, created_at, updated_at)
   select order_id, checkout_id, 1, seller_id, amount, currency, commission, case when declined then 'FAILED' else 'SUCCESS' end, 2, at, at from filling`,
  `insert into payment_attempts (id, checkout_id, attempt_no, kind, amount_minor, currency, payment_method, card_last4, state, psp_payment_id, decline_code,
     latency_ms, created_at, finished_at)
   select attempt_id, checkout_id, 1, 'direct', amount, currency, 'tok_visa_4242', '4242', case when declined then 'DECLINED' else 'SUCCEEDED' end, payment_id,
     case when declined then 'insufficient_funds' end, 40, at, at from filling`,
  `insert into attempt_orders (attempt_id, payment_order_id) select attempt_id, order_id from filling`,
  `insert into order_transitions (payment_order_id, seq, from_state, to_state, reason, attempt_id, actor, at)
   select order_id, 1, 'NOT_STARTED', 'EXECUTING', 'payment started', attempt_id, 'api', at from filling
   union all
   select order_id, 2, 'EXECUTING', case when declined then 'FAILED' else 'SUCCESS' end, 'answered by the provider', attempt_id, 'api', at from filling`,
  `insert into captures (payment_order_id, attempt_id, psp_charge_id, amount_minor, currency, captured_at)
   select order_id, attempt_id, charge_id, amount, currency, at from filling where not declined`,
  `insert into outbox (topic, key, payload, created_at)
   select 'payment_order.updated', order_id, jsonb_build_object('payment_order_id', order_id, 'state', case when declined then 'FAILED' else 'SUCCESS' end), at
   from filling order by n`,
  `insert into webhook_inbox (source, account, event_id, type, payload, state, tries, verdict, attempt_id, received_at, handled_at)
   select 'psp', 'platform', 'evt_' || md5(order_id), 'payment_intent.succeeded',
     jsonb_build_object('id', 'evt_' || md5(order_id), 'type', 'payment_intent.succeeded', 'created', 1767225600, 'data', jsonb_build_object('object', jsonb_build_object(
       'id', payment_id, 'object', 'payment_intent', 'amount', amount, 'amount_received', amount, 'currency', lower(currency), 'latest_charge', charge_id,
       'status', 'succeeded', 'metadata', jsonb_build_object('attempt_id', attempt_id, 'checkout_id', checkout_id, 'order_ids', order_id),
       'description', repeat('What was bought, in words. ', 20))))::text,
     'handled', 1, 'unchanged', attempt_id, at, at
   from filling where not declined`,
  `insert into ledger_transactions (id, kind, legs, source_id, effective_at, recorded_at)
   select transaction_id, 'order_captured', case when commission = 0 then 2 else 3 end, order_id, at, at from filling where not declined order by n`,
  `with legs as (
     select f.n, f.transaction_id, a.id as account_id, a.currency, a.version, a.balance, leg.amount
     from filling f
     cross join lateral (values
       ('buyer:buyer_' || f.buyer || ':' || f.currency, f.amount), ('seller_pending:' || f.seller_id || ':' || f.currency, f.commission - f.amount),
       ('platform_fees:platform:' || f.currency, -f.commission)) leg (code, amount)
     join ledger_accounts a on a.code = leg.code
     where not f.declined and leg.amount <> 0
   ), entries as (
     insert into ledger_entries (account_id, account_seq, transaction_id, amount_minor, balance_after, currency)
     select account_id, version + row_number() over w, transaction_id, amount, balance + sum(amount) over w, currency
     from legs window w as (partition by account_id order by n) order by n
     returning account_id, account_seq, balance_after
   )
   update ledger_accounts a set version = e.seq, balance = e.balance
   from (select distinct on (account_id) account_id, account_seq as seq, balance_after as balance from entries order by account_id, account_seq desc) e
   where a.id = e.account_id`,
];

-- Refunds of paid orders, in full or in parts. Late money goes back through the same tables as before.

-- ---------------------------------------------------------------------------------------------------------------
-- What of a paid order went back, or is on its way: moved in the transaction that requests or fails a refund
-- ---------------------------------------------------------------------------------------------------------------

-- `refunded_minor`: all refunds of the order that did not fail. `commission_returned_minor`: the platform's part of them.
-- `disputed_minor`: withdrawn by a dispute that is open or lost; it may come to more than the order, when the provider says so.
alter table payment_orders
  add column refunded_minor bigint not null default 0,
  add column commission_returned_minor bigint not null default 0,
  add column disputed_minor bigint not null default 0,
  add constraint payment_orders_refunded_within_amount check (refunded_minor between 0 and amount_minor),
  add constraint payment_orders_returned_within_commission check (commission_returned_minor between 0 and commission_minor),
  add constraint payment_orders_disputed_not_negative check (disputed_minor >= 0);

-- `request_id`: one request may refund several orders of a checkout. `commission_minor`: the platform's part, frozen at the request.
-- `pending_minor`: what was taken of the seller's pending funds when it was accepted; null until then.
-- `waits_for_funds`: it is sent once the seller has the money, where the platform wants it so.
alter table refunds
  add column payment_order_id text references payment_orders (payment_order_id),
  add column request_id text,
  add column requested_by text,
  add column note text,
  add column commission_minor bigint not null default 0,
  add column pending_minor bigint,
  add column waits_for_funds boolean not null default false,
  drop constraint refunds_reason_known,
  add constraint refunds_reason_known check (reason in (
    'late_capture', 'requested_by_customer', 'duplicate', 'fraudulent', 'not_delivered', 'not_as_described', 'other')),
  add constraint refunds_of_order_or_late check (
    (reason = 'late_capture') = (payment_order_id is null)
    and (payment_order_id is null) = (request_id is null) and (payment_order_id is null) = (requested_by is null)),
  add constraint refunds_note_length check (length(note) between 1 and 500),
  add constraint refunds_commission_within_amount check (commission_minor between 0 and amount_minor),
  add constraint refunds_pending_within_share check (pending_minor between 0 and amount_minor - commission_minor),
  add constraint refunds_wait_before_sent check (not waits_for_funds or (state = 'REQUESTED' and payment_order_id is not null));
create index refunds_order on refunds (payment_order_id) where payment_order_id is not null;
create index refunds_newest on refunds (created_at desc, id desc);
-- A request refunds an order once.
create unique index refunds_order_once_per_request on refunds (request_id, payment_order_id) where request_id is not null;
-- The work list of "does the seller have the money by now".
create index refunds_waiting on refunds (created_at) where waits_for_funds;

create function check_refunded_orders() returns trigger language plpgsql set search_path = public, pg_temp
  set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_material = off as $$
begin
  if exists (
    select from new_refunds n left join captures c on c.payment_order_id = n.payment_order_id
    where n.payment_order_id is not null and (c.attempt_id is distinct from n.attempt_id or c.currency is distinct from n.currency)
  ) then
    perform refuse('refunds_of_captured_order', 'refunds', 'a refund gives back what its attempt took for its order, in its currency');
  end if;
  return null;
end $$;
create trigger refunds_references after insert on refunds
  referencing new table as new_refunds for each statement execute function check_refunded_orders();

grant update (refunded_minor, commission_returned_minor, disputed_minor) on payment_orders to countinghouse_app;
grant update (pending_minor, waits_for_funds) on refunds to countinghouse_app;

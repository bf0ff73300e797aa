import type { FaultJournalRow, FaultRow } from '../database/rows.ts';
import type { FaultDesk } from '../faults/fault-desk.ts';
import { FAULT_KINDS, faultSchema } from '../faults/fault-kinds.ts';
import { newFault } from '../faults/new-fault.ts';
import { ok } from '../http/answer.ts';
import { parseParameters } from '../http/form.ts';
import { missing } from '../http/stripe-error.ts';
import type { Handler } from '../requests/request.ts';

const FAULT = 'select * from faults where id = $1';
const ACTIVE = 'select * from faults where not cleared order by id';

/** `POST /v1/test_helpers/faults`: switches a fault on; it survives a restart. */
export const createFault: Handler = async (context) => {
  const fault = newFault(parseParameters(faultSchema, context.request.input));
  const { faults } = context.simulator;
  const answer = await context.commit({
    answer: ok(renderFault(fault, faults)),
    writes: { faults: [fault] },
    events: [],
  });
  faults.add(fault);
  return answer;
};

/** `GET /v1/test_helpers/faults`: those that are on, with their hits. */
export const listFaults: Handler = async ({ simulator: { store, faults } }) => {
  const rows = await store.rows<FaultRow>('list_faults', ACTIVE, []);
  return ok({
    object: 'list',
    url: '/v1/test_helpers/faults',
    has_more: false,
    data: rows.map((row) => renderFault(row, faults)),
  });
};

/** `DELETE /v1/test_helpers/faults/:id`. */
export const clearFault: Handler = async ({ request, simulator: { store, faults } }) => {
  const id = request.ids.id ?? '';
  const [fault] = await store.rows<FaultRow>('fault', FAULT, [id]);
  if (!fault) throw missing('fault', id);
  const cleared: FaultRow = { ...fault, cleared: true };
  await store.commit({ faults: [cleared] });
  faults.clear(id);
  return ok(renderFault(cleared, faults));
};

/** `DELETE /v1/test_helpers/faults`: switches all of them off. */
export const clearFaults: Handler = async ({ simulator: { store, faults } }) => {
  const rows = await store.rows<FaultRow>('list_faults', ACTIVE, []);
  await store.commit({ faults: rows.map((fault) => ({ ...fault, cleared: true })) });
  faults.clearAll();
  return ok({ object: 'list', url: '/v1/test_helpers/faults', has_more: false, data: [] });
};

/** A fault with its hits so far. */
export function renderFault(fault: FaultRow, desk: FaultDesk) {
  const hits = desk.hitsOf(fault.id);
  const usedUp = fault.count !== null && hits >= fault.count;
  return {
    id: fault.id,
    object: 'fault',
    created: fault.created,
    kind: fault.kind,
    does: FAULT_KINDS[fault.kind].does,
    match: fault.match,
    ...fault.params,
    count: fault.count,
    rate: fault.rate,
    hits,
    status: fault.cleared ? 'cleared' : usedUp ? 'used_up' : 'active',
  };
}

/** One line of what was done wrong on purpose. */
export function renderFaultJournal(row: FaultJournalRow) {
  return { object: 'fault_journal_line', ...row };
}

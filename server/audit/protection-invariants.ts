import { APP_DATABASE_ROLE } from '#config';
import type { Invariant } from './invariant.ts';

const list = (words: readonly string[]) => words.map((word) => `'${word}'`).join(', ');

/** Tables whose rows never change, by a trigger that refuses and by rights that are not there. */
const FROZEN = [
  'ledger_entries',
  'ledger_transactions',
  'captures',
  'order_transitions',
  'refund_transitions',
  'payment_events',
  'attempt_orders',
  'ledger_seals',
];
/** What came in and what was told: the status of such a row changes, its content does not. */
const FROZEN_COLUMNS = {
  webhook_inbox: ['source', 'account', 'event_id', 'type', 'payload', 'received_at'],
  outbox: ['topic', 'key', 'payload', 'created_at'],
};
/** Rows whose content the application may write a second time, under the eyes of a trigger. */
const GUARDED = { psp_balance_transactions: 'psp_balance_transactions_told_is_final' };

/** Pages (8 kB) of each table whose texts are looked through when there is no time for all of them: the newest megabyte. */
const NEWEST_PAGES = 128;

/**
 * Card numbers as the log's own mask finds them (13 to 19 digits that stand alone, plain or in printed groups, beginning with 2 to 6),
 * and secrets by their shape: API keys, webhook secrets, bearer tokens, session tokens, card verification codes.
 */
const CARD_NUMBERS = [
  '(?<![A-Za-z0-9])[2-6]\\d{12,18}(?![A-Za-z0-9])',
  ...[' ', '-'].flatMap((gap) => [
    `(?<![\\w-])[2-6]\\d{3}${gap}\\d{4}${gap}\\d{4}${gap}\\d{1,7}(?![\\w-])`,
    `(?<![\\w-])[2-6]\\d{3}${gap}\\d{6}${gap}\\d{5}(?![\\w-])`,
  ]),
].join('|');
const SECRETS = [
  '\\m(?:sk|rk)_(?:test|live)_\\w{8,}',
  '\\mwhsec_[\\w+/=]{8,}',
  '\\mBearer\\s+[\\w.~+/=-]{8,}',
  '\\meyJ[\\w-]+\\.[\\w-]*\\.[\\w-]*',
  '"(?:cvc|cvv|cvv2)"\\s*:\\s*"?\\d{3,4}\\M',
].join('|');

/** Each place where a text must not be as it is; what stands there is not repeated. */
const exposed = (pages: number | null) => `
  select place as subject from find_texts('${CARD_NUMBERS}', ${pages}) where passes_luhn(found)
  union all
  select place from find_texts('${SECRETS}', ${pages})`;

/** What holds of the database as a guard: rights, triggers, and what must never get into it. */
export const PROTECTION_INVARIANTS: readonly Invariant[] = [
  {
    id: 'I5',
    rule: 'Books, captures and history refuse every change, no rule of the database is switched off, and the application may not change what came in',
    keptBy: 'grants and triggers, for the owner too',
    timing: 'always',
    violations: `select frozen.name as subject from unnest(array[${list(FROZEN)}]) frozen (name) join pg_class c on c.oid = frozen.name::regclass
                 where has_any_column_privilege('${APP_DATABASE_ROLE}', c.oid, 'UPDATE') or has_table_privilege('${APP_DATABASE_ROLE}', c.oid, 'DELETE, TRUNCATE')
                    or not exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgname = c.relname || '_append_only')
                 union all
                 select t.tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid
                 where c.relnamespace = 'public'::regnamespace and t.tgenabled not in ('O', 'A')
                 union all
                 select conname from pg_constraint where connamespace = 'public'::regnamespace and not convalidated
                 ${Object.entries(FROZEN_COLUMNS)
                   .map(
                     ([table, columns]) => `union all
                 select '${table}.' || name from unnest(array[${list(columns)}]) frozen (name)
                 where has_column_privilege('${APP_DATABASE_ROLE}', '${table}'::regclass, name, 'UPDATE')`,
                   )
                   .join(' ')}
                 ${Object.entries(GUARDED)
                   .map(
                     ([table, trigger]) => `union all
                 select '${table}' where not exists (select from pg_trigger where tgrelid = '${table}'::regclass and tgname = '${trigger}')`,
                   )
                   .join(' ')}`,
  },
  {
    id: 'I37',
    rule: 'No card number, verification code, key, secret or token stands in a text of any table',
    keptBy: 'refused at the door, masked in the log',
    timing: 'always',
    violations: exposed(NEWEST_PAGES),
    thorough: exposed(null),
  },
];

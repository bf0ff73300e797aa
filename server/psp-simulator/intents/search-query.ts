import { invalid } from '../http/stripe-error.ts';

/** A condition of Stripe's search language that this simulator knows; all conditions of a query must hold. */
export type SearchCondition =
  | { readonly field: 'metadata'; readonly key: string; readonly value: string }
  | { readonly field: 'status' | 'currency'; readonly value: string };

const STRING = String.raw`(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")`;
const CONDITION = new RegExp(String.raw`^\s*(?:metadata\[${STRING}\]|(status|currency))\s*:\s*${STRING}\s*`);
const AND = /^AND\b/i;
const MAX_CONDITIONS = 10;

/**
 * Reads `metadata['key']:'value' AND status:'succeeded'`. Throws Stripe's 400 for anything else: a condition that is not
 * understood must never be left out silently.
 */
export function parseSearchQuery(query: string): SearchCondition[] {
  const conditions: SearchCondition[] = [];
  for (let rest = query; ; ) {
    const match = CONDITION.exec(rest);
    if (!match || conditions.length === MAX_CONDITIONS) throw notUnderstood(rest);
    const [whole, key1, key2, field, value1, value2] = match;
    const value = unescaped(value1 ?? value2 ?? '');
    const key = key1 ?? key2;
    conditions.push(
      key === undefined
        ? { field: field as 'status' | 'currency', value }
        : { field: 'metadata', key: unescaped(key), value },
    );
    rest = rest.slice(whole.length);
    if (rest === '') return conditions;
    const and = AND.exec(rest);
    if (!and) throw notUnderstood(rest);
    rest = rest.slice(and[0].length);
  }
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, '$1');
}

function notUnderstood(rest: string) {
  return invalid(
    'query',
    `The query cannot be understood near "${rest.slice(0, 40)}". This simulator knows metadata['key']:'value', ` +
      "status:'…' and currency:'…', joined by AND.",
  );
}

import { hideCardNumbers } from './card-numbers.ts';

/** Secrets by their shape, wherever they stand: API keys, webhook secrets, bearer tokens, session tokens, passwords in URLs. */
const SECRETS: readonly [RegExp, string][] = [
  [/\b(sk|rk|pk)_(test|live)_\w+/g, '$1_$2_[hidden]'],
  [/\bwhsec_[\w+/=]+/g, 'whsec_[hidden]'],
  [/\bBearer\s+[\w.~+/=-]+/gi, 'Bearer [hidden]'],
  [/\beyJ[\w-]+\.[\w-]*\.[\w-]*(\.[\w-]*)*/g, '[hidden token]'],
  [/(\/\/[^\s/:@"]*:)[^\s/@"]+@/g, '$1[hidden]@'],
];

/** The last gate before a line of the log is written: hides card numbers and secrets that got into any text of it. */
export function mask(line: string): string {
  return SECRETS.reduce((text, [shape, instead]) => text.replace(shape, instead), hideCardNumbers(line));
}

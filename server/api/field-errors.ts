import type { z } from '@hono/zod-openapi';
import { AppError, ERROR_CODES, type ErrorCode, type FieldError, toPointer } from '#kernel';

/** Most field errors in one answer: enough to fix a request, too few to make a large answer out of a small question. */
const MAX_ERRORS = 20;

type Issue = z.core.$ZodIssue;

/** The one error for everything that a schema found wrong. All of one kind: that kind's code; several: `validation_failed`. */
export function validationError(issues: readonly Issue[], at: 'body' | 'path' | 'query' = 'body'): AppError {
  const errors = issues.flatMap(fieldErrors).slice(0, MAX_ERRORS);
  const [first] = errors;
  const codes = new Set(errors.map((error) => error.code));
  const code = first && codes.size === 1 && isErrorCode(first.code) ? first.code : 'validation_failed';
  const param = errors.length === 1 && first ? toParam(first.pointer) : undefined;
  const detail =
    errors.length === 1 && first
      ? `${param || `The ${at}`}: ${first.detail}`
      : `${errors.length} fields of the ${at} are not valid; see errors.`;
  return new AppError(code, detail, { param, errors });
}

function fieldErrors(issue: Issue): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: toPointer([...issue.path, key]),
      code: 'field_unknown',
      detail: 'is not a field of this request',
    }));
  }
  return [{ pointer: toPointer(issue.path), code: codeOf(issue), detail: detailOf(issue) }];
}

function codeOf(issue: Issue): string {
  if (issue.code === 'custom' && typeof issue.params?.code === 'string') return issue.params.code;
  if (isMissing(issue)) return 'field_required';
  return 'field_invalid';
}

function detailOf(issue: Issue): string {
  if (isMissing(issue)) return 'is required';
  return issue.message.replace(/^(Invalid input|Too big|Too small|Invalid string): /, '');
}

/** zod tells a missing field from a wrong one only in its words. */
function isMissing(issue: Issue): boolean {
  return issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code);
}

/** `/payment_orders/0/amount` as `payment_orders[0].amount`. */
function toParam(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((name, step) => (/^\d+$/.test(step) ? `${name}[${step}]` : name === '' ? step : `${name}.${step}`), '');
}

import { AppError, type ErrorCode, toPointer } from '#kernel';
import { hasCardNumber } from './card-numbers.ts';

/** Deepest nesting of objects and arrays; our own requests have five levels. */
const MAX_DEPTH = 16;

type Path = readonly (string | number)[];

/**
 * Refuses what no use case may ever see, wherever it stands in parsed input, names of fields included: nesting too deep and text that
 * a database cannot store (`validation_failed`), and, where input is kept, card numbers (`card_data_refused` with this advice; null
 * where nothing is kept). One rule for every door; schemas come after it.
 */
export function inspectInput(input: unknown, cardAdvice: string | null): void {
  const seen = new Set<object>();
  const inspect = (value: unknown, path: Path): void => {
    if (typeof value === 'string' || typeof value === 'number') inspectText(String(value), path, cardAdvice);
    // What came by tRPC may hold one object in many places, itself among them.
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    if (path.length >= MAX_DEPTH)
      throw refusal('validation_failed', path.slice(0, 3), `Objects and arrays may nest ${MAX_DEPTH} deep.`);
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) inspect(item, [...path, index]);
      return;
    }
    for (const [key, item] of Object.entries(value)) {
      inspectText(key, path, cardAdvice);
      inspect(item, [...path, key]);
    }
  };
  inspect(input, []);
}

function inspectText(text: string, path: Path, cardAdvice: string | null): void {
  if (cardAdvice !== null && hasCardNumber(text)) throw refusal('card_data_refused', path, cardAdvice);
  if (text.includes('\0') || !text.isWellFormed())
    throw refusal('validation_failed', path, 'Text must be well-formed Unicode without NUL characters.');
}

function refusal(code: ErrorCode, path: Path, detail: string): AppError {
  return new AppError(code, detail, { errors: [{ pointer: toPointer(path), code, detail }] });
}

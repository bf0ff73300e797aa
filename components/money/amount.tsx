import { cn } from '../ui/cn.ts';
import { formatAmount } from './format-amount.ts';

export interface AmountProps {
  /** Decimal string in major units, for example "29.99"; negative values carry "-". */
  readonly value: string;
  /** ISO 4217 code. */
  readonly currency: string;
  /** Adds the currency code: needed as soon as more than one currency is in view. */
  readonly withCode?: boolean;
  readonly className?: string;
}

/** An amount of money: exact, digits in columns, at the end of its line. */
export function Amount({ value, currency, withCode = false, className }: AmountProps) {
  return (
    <span className={cn('tabular text-end whitespace-nowrap', className)}>
      {formatAmount(value, currency)}
      {withCode ? <span className="ms-1 text-[0.85em] text-subtle">{currency}</span> : null}
    </span>
  );
}

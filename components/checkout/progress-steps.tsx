import { Check, LoaderCircle } from 'lucide-react';
import { cn } from '../ui/cn.ts';
import type { CheckoutView, OrderView } from './checkout-view.ts';

/** Orders the bank has said yes or no to. */
const ANSWERED: ReadonlySet<OrderView['status']> = new Set(['SUCCESS', 'FAILED', 'LATE_SUCCESS', 'AUTO_REFUNDING']);

/** Bank → books → sellers, each done when it is done for every order. */
export function ProgressSteps({
  checkout,
  className,
}: {
  readonly checkout: CheckoutView;
  readonly className?: string;
}) {
  const { orders } = checkout;
  const steps = [
    { name: 'Bank confirmed', done: orders.every((order) => ANSWERED.has(order.status) && !order.unknown) },
    { name: 'Order recorded', done: orders.every((order) => order.ledgerUpdated) },
    { name: 'Sellers credited', done: orders.every((order) => order.walletUpdated) },
  ];
  const current = steps.findIndex((step) => !step.done);
  return (
    <ol className={cn('grid grid-cols-3 gap-2', className)}>
      {steps.map((step, index) => (
        <li key={step.name} aria-current={index === current ? 'step' : undefined}>
          <span
            aria-hidden
            className={cn(
              'block h-1 rounded-sm',
              step.done ? 'bg-accent' : index === current ? 'animate-pulse bg-accent-line' : 'bg-line',
            )}
          />
          <span
            className={cn(
              'mt-2 flex items-center gap-1.5 text-xs',
              index === current || step.done ? 'font-medium text-ink' : 'text-subtle',
            )}
          >
            {step.done ? <Check aria-hidden className="size-3.5 text-accent-text" /> : null}
            {index === current ? <LoaderCircle aria-hidden className="size-3.5 animate-spin text-accent-text" /> : null}
            <span>
              {step.name}
              <span className="sr-only">
                {step.done ? ', done' : index === current ? ', in progress' : ', to come'}
              </span>
            </span>
          </span>
        </li>
      ))}
    </ol>
  );
}

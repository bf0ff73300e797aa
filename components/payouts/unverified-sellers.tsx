import type { RouterOutputs } from '#trpc';
import { count } from '../console/duration.ts';
import { Time } from '../console/time.tsx';
import { Card, CardHeader } from '../ui/card.tsx';
import { VerifySeller } from './decide-payout.tsx';

/** Sellers that earn and wait to be verified; nothing when none do. */
export function UnverifiedSellers({
  sellers,
}: {
  readonly sellers: RouterOutputs['admin']['payouts']['unverifiedSellers'];
}) {
  if (sellers.length === 0) return null;
  return (
    <Card className="mb-6">
      <CardHeader
        title="Sellers to verify"
        description="They earn as usual, and are paid out once somebody has verified them."
      />
      <ul>
        {sellers.map(({ sellerId, name, openedAt, orders }) => (
          <li
            key={sellerId}
            className="flex items-center justify-between gap-4 border-line px-4 py-3 text-sm not-last:border-b"
          >
            <div className="min-w-0">
              <p className="truncate font-medium">{name}</p>
              <p className="text-xs text-subtle">
                {count(orders, 'order')}, first seen <Time value={openedAt} full />
              </p>
            </div>
            <VerifySeller sellerId={sellerId} name={name} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

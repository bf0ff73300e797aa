import { SearchX } from 'lucide-react';
import { Card } from '../ui/card.tsx';
import { EmptyState } from '../ui/empty-state.tsx';

/** Nothing is known by this id, or it belongs to somebody else: the two look alike on purpose. */
export function UnknownId() {
  return (
    <Card>
      <EmptyState level={1} icon={SearchX} title="Nothing is known by this address">
        It may be cut off, or belong to somebody else.
      </EmptyState>
    </Card>
  );
}

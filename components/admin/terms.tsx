import type { RouterOutputs } from '#trpc';
import { count } from '../console/duration.ts';
import { Time } from '../console/time.tsx';
import { Amount } from '../money/amount.tsx';
import { Badge } from '../ui/badge.tsx';
import { Card, CardHeader } from '../ui/card.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '../ui/table.tsx';

type Outputs = RouterOutputs['admin']['terms'];
type Plan = Outputs['plans'][number];

const EVERYONE = 'Every other seller';

/** Commission plans in force and planned, and the delays of availability. */
export function Terms({ terms: { plans, delays, more } }: { readonly terms: Outputs }) {
  return (
    <div className="grid gap-6">
      {more && <p className="text-sm text-muted">There are more than these; the first 500 of each are shown.</p>}
      <Card>
        <CardHeader
          title="Commission"
          description="The most specific plan holds: a seller’s own before everyone’s, of a currency before of all."
        />
        <Table label="Commission plans">
          <TableHead className="bg-transparent">
            <tr>
              <TableHeader>Seller</TableHeader>
              <TableHeader className="max-sm:hidden">Currency</TableHeader>
              <TableHeader className="max-md:hidden">From (UTC)</TableHeader>
              <TableHeader className="max-sm:hidden">Stands</TableHeader>
              <TableHeader numeric>Commission</TableHeader>
            </tr>
          </TableHead>
          <TableBody>
            {plans.map((plan) => (
              <TableRow key={plan.id}>
                <TableCell className="font-medium wrap-anywhere">
                  {plan.sellerName ?? EVERYONE}
                  <span className="block text-xs font-normal text-subtle sm:hidden">{currencyOf(plan)}</span>
                  <Time value={plan.validFrom} full className="block text-xs font-normal text-subtle md:hidden" />
                  <span className="mt-1.5 block sm:hidden">
                    <Stands plan={plan} />
                  </span>
                </TableCell>
                <TableCell className="text-muted max-sm:hidden">{currencyOf(plan)}</TableCell>
                <TableCell className="text-muted max-md:hidden">
                  <Time value={plan.validFrom} full />
                </TableCell>
                <TableCell className="max-sm:hidden">
                  <Stands plan={plan} />
                </TableCell>
                <TableCell numeric>
                  {percentOf(plan.bps)}
                  {plan.fixed && plan.currency ? (
                    <>
                      {' + '}
                      <Amount value={plan.fixed} currency={plan.currency} />
                    </>
                  ) : null}
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </Card>
      <Card>
        <CardHeader
          title="Delay"
          description="Days from when the provider has the money for us until it is available to the seller."
        />
        <Table label="Delays of availability">
          <TableHead className="bg-transparent">
            <tr>
              <TableHeader>Seller</TableHeader>
              <TableHeader numeric>Delay</TableHeader>
            </tr>
          </TableHead>
          <TableBody>
            {delays.map(({ id, sellerName, days }) => (
              <TableRow key={id}>
                <TableCell className="font-medium wrap-anywhere">{sellerName ?? EVERYONE}</TableCell>
                <TableCell numeric>{days === 0 ? 'None' : count(days, 'day')}</TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </Card>
    </div>
  );
}

function currencyOf({ currency }: Plan): string {
  return currency ?? 'Every other currency';
}

function Stands({ plan: { planned } }: { readonly plan: Plan }) {
  return <Badge tone={planned ? 'progress' : 'positive'}>{planned ? 'Planned' : 'In force'}</Badge>;
}

/** 250 basis points are `2.50%`. */
function percentOf(bps: number): string {
  return `${Math.trunc(bps / 100)}.${String(bps % 100).padStart(2, '0')}%`;
}

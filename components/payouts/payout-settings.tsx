import type { RouterOutputs } from '#trpc';
import { humanize } from '../console/words.ts';
import { Alert } from '../ui/alert.tsx';
import { Badge } from '../ui/badge.tsx';
import { Card, CardHeader } from '../ui/card.tsx';
import { BankAccountForm } from './bank-account-form.tsx';
import type { ProviderAccess } from './bank-token.ts';
import { bankName } from './payouts-list.tsx';
import { RequestPayout } from './request-payout.tsx';
import { ScheduleForm } from './schedule-form.tsx';

type Settings = RouterOutputs['seller']['payouts']['settings'];

const BANK_STATES: Record<
  Settings['banks'][number]['state'],
  { word: string; tone: 'neutral' | 'positive' | 'negative' }
> = {
  new: { word: 'Not used yet', tone: 'neutral' },
  verified: { word: 'Works', tone: 'positive' },
  failed: { word: 'Does not work', tone: 'negative' },
};

/** What a seller can have, where it goes, and how often. */
export function PayoutSettings({
  settings: { verified, banks, schedule, available },
  access,
}: {
  readonly settings: Settings;
  readonly access: ProviderAccess;
}) {
  const payable = (currency: string) =>
    verified && banks.some((bank) => bank.currency === currency && bank.state !== 'failed');
  return (
    <div className="mb-6 grid gap-6">
      {verified ? null : (
        <Alert tone="caution" title="You are not verified yet">
          You earn as usual. Your first payout waits until the market has verified you.
        </Alert>
      )}
      <div className="grid gap-6 lg:grid-cols-3 lg:items-start">
        <Card>
          <CardHeader title="Pay out" />
          {available.length === 0 ? (
            <p className="p-4 text-sm text-muted">
              Nothing is available yet. What you sell gets here once it is settled.
            </p>
          ) : (
            available.map((one) => <RequestPayout key={one.currency} available={one} payable={payable(one.currency)} />)
          )}
        </Card>
        <Card>
          <CardHeader title="Bank accounts" action={<BankAccountForm access={access} />} />
          {banks.length === 0 ? (
            <p className="p-4 text-sm text-muted">Without a bank account nothing can be paid out.</p>
          ) : (
            <ul>
              {banks.map((bank) => (
                <li key={bank.id} className="border-line p-4 text-sm not-first:border-t">
                  <div className="flex items-center justify-between gap-4">
                    <span className="font-medium">{bankName(bank)}</span>
                    <Badge tone={BANK_STATES[bank.state].tone}>{BANK_STATES[bank.state].word}</Badge>
                  </div>
                  <p className="mt-1 text-xs text-subtle">
                    {bank.currency}, {bank.country}
                    {bank.failureCode ? `: ${humanize(bank.failureCode)}. Add another.` : ''}
                  </p>
                </li>
              ))}
            </ul>
          )}
        </Card>
        <Card>
          <CardHeader title="Schedule" />
          <ScheduleForm schedule={schedule} />
        </Card>
      </div>
    </div>
  );
}

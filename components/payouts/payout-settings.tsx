import type { RouterOutputs } from '#trpc';
import { humanize } from '../console/words.ts';
import { Alert } from '../ui/alert.tsx';
import { Badge } from '../ui/badge.tsx';
import { buttonVariants } from '../ui/button.tsx';
import { Card, CardHeader } from '../ui/card.tsx';
import { BANK_ACCOUNT_PATH } from './bank-account-path.ts';
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
}: {
  readonly settings: Settings;
}) {
  const obstacleOf = (currency: string) => {
    if (!verified) return 'It waits until you are verified.';
    const works = banks.some((bank) => bank.currency === currency && bank.state !== 'failed');
    return works ? null : `Add a bank account in ${currency} first.`;
  };
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
            available.map((one) => (
              <RequestPayout key={one.currency} available={one} obstacle={obstacleOf(one.currency)} />
            ))
          )}
        </Card>
        <Card>
          <CardHeader
            title="Bank accounts"
            className="items-center"
            action={
              // No client navigation, which would keep the policy of this document: that lets no bank number out.
              <a href={BANK_ACCOUNT_PATH} className={buttonVariants({ size: 'sm' })}>
                Add bank account
              </a>
            }
          />
          {banks.length === 0 ? (
            <p className="p-4 text-sm text-muted">Without a bank account nothing can be paid out.</p>
          ) : (
            <ul>
              {banks.map((bank) => (
                <li key={bank.id} className="grid gap-1 border-line p-4 text-sm not-last:border-b">
                  <span className="font-medium">{bankName(bank)}</span>
                  <div className="flex items-center justify-between gap-4">
                    <span className="text-xs text-subtle">
                      {bank.currency}, {bank.country}
                      {bank.failureCode ? `: ${humanize(bank.failureCode)}. Add another.` : ''}
                    </span>
                    <Badge tone={BANK_STATES[bank.state].tone}>{BANK_STATES[bank.state].word}</Badge>
                  </div>
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

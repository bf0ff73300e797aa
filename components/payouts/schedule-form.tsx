'use client';

import { useState } from 'react';
import type { RouterOutputs } from '#trpc';
import { FailureAlert } from '../failure-alert.tsx';
import { useKeyed } from '../keyed.ts';
import { trpcClient } from '../trpc-client.ts';
import { Button } from '../ui/button.tsx';
import { cn } from '../ui/cn.ts';
import { Field } from '../ui/field.tsx';
import { keepInput } from '../ui/keep-input.ts';
import { NativeSelect } from '../ui/native-select.tsx';
import { useAct } from '../use-act.ts';

type Schedule = RouterOutputs['seller']['payouts']['settings']['schedule'];

const EVERY: Record<Schedule['every'], string> = {
  manual: 'Only when I ask',
  daily: 'Every day',
  weekly: 'Every week',
  monthly: 'Every month',
};

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** How often a seller is paid without asking. */
export function ScheduleForm({ schedule }: { readonly schedule: Schedule }) {
  const [every, setEvery] = useState(schedule.every);
  const { act, busy, failure } = useAct();
  const set = useKeyed(trpcClient.seller.payouts.setSchedule.mutate);
  const days = every === 'weekly' ? WEEKDAYS : Array.from({ length: 31 }, (_, index) => String(index + 1));
  const hasDay = every === 'weekly' || every === 'monthly';
  return (
    <form
      className="grid gap-4 p-4"
      onReset={keepInput}
      action={(form) => {
        const onDay = Number(form.get('day'));
        void act(() => set({ schedule: hasDay ? { every, onDay } : { every, onDay: null } }));
      }}
    >
      <FailureAlert failure={failure} />
      <div className={cn('grid gap-4', hasDay && 'grid-cols-2')}>
        <Field id="schedule-every" label="Paid">
          {(control) => (
            <NativeSelect
              {...control}
              value={every}
              onChange={(event) => setEvery(event.target.value as Schedule['every'])}
            >
              {Object.entries(EVERY).map(([value, word]) => (
                <option key={value} value={value}>
                  {word}
                </option>
              ))}
            </NativeSelect>
          )}
        </Field>
        {hasDay ? (
          <Field id="schedule-day" label={every === 'weekly' ? 'On' : 'On day'}>
            {(control) => (
              <NativeSelect {...control} key={every} name="day" defaultValue={String(schedule.onDay ?? 1)}>
                {days.map((word, index) => (
                  <option key={word} value={index + 1}>
                    {word}
                  </option>
                ))}
              </NativeSelect>
            )}
          </Field>
        ) : null}
      </div>
      <div className="flex items-center justify-between gap-4">
        <p className="text-sm text-muted">{schedule.nextOn ? `Next on ${schedule.nextOn}` : 'Nothing is planned'}</p>
        <Button type="submit" size="sm" busy={busy}>
          Save schedule
        </Button>
      </div>
    </form>
  );
}

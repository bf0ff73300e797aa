import { announceBalance, NEXT_ANNOUNCEMENT } from '../books/announce-balance.ts';
import { moveDueCharges } from '../charges/due-charges.ts';
import type { Store } from '../database/store.ts';
import { moveDueDisputes } from '../disputes/due-disputes.ts';
import { advancePayouts } from '../payouts/advance-payouts.ts';
import { beginDay, NEXT_PAYOUT_DAY } from '../payouts/payout-day.ts';
import { settleDueRefunds } from '../refunds/settle-refunds.ts';
import { expireDueSessions } from '../sessions/end-session.ts';
import type { Simulator } from '../simulator.ts';
import { arriveAt, nowMs, standAt, stepOff } from './clock.ts';

/** Something that the simulator does by itself when its time has come. */
interface Chore {
  readonly name: string;
  /** SQL of the Unix milliseconds at which the next piece of it is due, or null. */
  readonly due: string;
  /** Does what is due now, or a part of it; answers how many pieces. */
  run(simulator: Simulator): Promise<number>;
}

/** What is due at the same instant is done in this order. */
const CHORES: readonly Chore[] = [
  {
    name: 'sessions',
    due: `select min(expires_at) * 1000 from checkout_sessions where status = 'open'`,
    run: expireDueSessions,
  },
  {
    name: 'refunds',
    due: 'select (extract(epoch from min(next_at)) * 1000)::bigint from refunds where next_at is not null',
    run: settleDueRefunds,
  },
  {
    name: 'charges',
    due: `select (extract(epoch from min(next_at)) * 1000)::bigint from charges where next in ('succeed', 'fail', 'release')`,
    run: moveDueCharges,
  },
  {
    name: 'disputes',
    due: `select (extract(epoch from least(
      (select min(next_at) from charges where next = 'dispute'), (select min(next_at) from disputes where next_at is not null))) * 1000)::bigint`,
    run: moveDueDisputes,
  },
  { name: 'payouts', due: 'select min(next_at) * 1000 from payouts where next_at is not null', run: advancePayouts },
  { name: 'balance', due: NEXT_ANNOUNCEMENT, run: announceBalance },
  { name: 'payout_day', due: NEXT_PAYOUT_DAY, run: beginDay },
];

/** The sender has its own loop; a travel waits for it, so that each try of a delivery falls on its own time. */
const DELIVERIES: Chore = {
  name: 'deliveries',
  due: `select (extract(epoch from min(next_attempt_at)) * 1000)::bigint from webhook_deliveries
    where state = 'pending' and not leased`,
  run: ({ sender }) => sender.flush(),
};

export interface Agenda {
  /** Does what has fallen due, in the order of its time. Does nothing while a travel is under way, which does the same. */
  catchUp(simulator: Simulator): Promise<void>;
  /**
   * Moves the clock forward to an instant (Unix milliseconds): stops at each thing that falls due on the way, in the order of
   * time, does it, and sends what it tells. One travel at a time; the next waits. Answers when the clock is there.
   */
  travel(simulator: Simulator, destination: () => { readonly at: number; readonly frozen: boolean }): Promise<void>;
}

export function createAgenda(): Agenda {
  let turn: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  /** One after the other, whatever became of the former. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    waiting += 1;
    const mine = turn.then(work, work).finally(() => {
      waiting -= 1;
    });
    turn = mine.catch(() => undefined);
    return mine;
  }

  return {
    async catchUp(simulator) {
      if (waiting === 0) await inTurn(() => doUntil(simulator, CHORES, nowMs));
    },
    travel: (simulator, destination) => inTurn(() => travel(simulator, destination())),
  };
}

async function travel(simulator: Simulator, { at, frozen }: { at: number; frozen: boolean }): Promise<void> {
  const { store } = simulator;
  try {
    await standAt(store, nowMs());
    await doUntil(simulator, [...CHORES, DELIVERIES], () => at, {
      // What is being sent now arrives now: time stands still until then.
      before: () => simulator.sender.flush(),
      onStep: (due) => standAt(store, Math.max(due, nowMs())),
    });
    await arriveAt(store, at, frozen);
  } finally {
    stepOff();
  }
}

interface Steps {
  /** Awaited before the next chore is looked for. */
  before?(): Promise<unknown>;
  /** Awaited before a chore is done, with the Unix milliseconds at which it is due. */
  onStep?(due: number): Promise<void>;
}

/** Does the earliest chore again and again, until none is due. */
async function doUntil(
  simulator: Simulator,
  chores: readonly Chore[],
  until: () => number,
  { before, onStep }: Steps = {},
): Promise<void> {
  let former = '';
  for (;;) {
    await before?.();
    const next = await earliest(simulator.store, chores);
    if (!next || next.due > until()) return;
    await onStep?.(next.due);
    const done = await next.chore.run(simulator);
    const step = `${next.chore.name} ${next.due}`;
    // A call of the API may have been first once; never getting on would go round for ever.
    if (done === 0 && step === former) throw new Error(`${next.chore.name} are due and nothing is done`);
    former = done === 0 ? step : '';
  }
}

async function earliest(store: Store, chores: readonly Chore[]): Promise<{ chore: Chore; due: number } | undefined> {
  const text = `select ${chores.map(({ name, due }) => `(${due}) as ${name}`).join(', ')}`;
  const [row] = await store.rows<Record<string, number | null>>(`due_of_${chores.length}`, text, []);
  return chores
    .flatMap((chore) => {
      const due = row?.[chore.name] ?? null;
      return due === null ? [] : [{ chore, due }];
    })
    .sort((one, other) => one.due - other.due)[0];
}

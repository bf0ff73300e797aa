import { setTimeout as delay } from 'node:timers/promises';
import { median } from '../../bench/kit/numbers.ts';
import type { Violation } from '../kit/report.ts';
import { UNITS } from '../kit/topology.ts';
import { auditSnapshot, readBooks } from './books.ts';
import type { Campaign, CampaignField } from './campaign.ts';
import { acknowledgedSurvives } from './checkers/answers.ts';
import type { Evidence } from './evidence.ts';
import { AFTER_SUCCESS } from './expectations.ts';

const TARGETS = [...UNITS, 'postgres'] as const;
type Target = (typeof TARGETS)[number];

/** After so many kills everything that was acknowledged is looked for. */
const ROUND = 25;
/** How long everything runs before the next kill, in milliseconds. */
const LIFE_MS = [100, 1_200] as const;
/** From a kill of the database to the first successful payment, in milliseconds. */
const RECOVERY_GOAL_MS = 10_000;
const RECOVERY_PATIENCE_MS = 30_000;
const LOOK_MS = 20;

/** A kill of the database: milliseconds from it until the server was up again, and until a payment begun after it had succeeded. */
interface Fall {
  readonly upMs: number;
  readonly paidMs: number;
}

/** Kills one to three processes at once with -9, again and again, while payments come in. */
export function killCampaign(kills: number): Campaign {
  const falls: Fall[] = [];
  return {
    name: 'kills',
    callers: 12,
    pauseMs: 300,
    trouble: async (field) => {
      const violations: Violation[] = [];
      for (let next = ROUND; field.tally.kills < kills; ) {
        await delay(field.random.between(...LIFE_MS));
        await killSome(field, Math.min(3, kills - field.tally.kills), falls);
        if (field.tally.kills < next && field.tally.kills < kills) continue;
        next += ROUND;
        violations.push(...(await checkRound(field)));
        field.say(
          `${field.tally.kills} kills, ${acknowledged(field).size} payments acknowledged, ${violations.length} violations`,
        );
      }
      const slow = falls.filter(({ paidMs }) => paidMs > RECOVERY_GOAL_MS);
      for (const { upMs, paidMs } of slow) {
        const detail = `up after ${Math.round(upMs)} ms, first payment after ${Math.round(paidMs)} ms`;
        violations.push({ what: 'payments go on within 10 s of a kill of the database', detail });
      }
      return violations;
    },
    figures: ({ evidence, convergedMs, field }) => ({
      'payments acknowledged': acknowledged(field).size,
      'payments acknowledged and lost': acknowledgedSurvives(evidence).length,
      'orders charged twice': chargedTwice(evidence),
      'payments left to a person': evidence.books.deadLetters.filter((letter) => letter.open).length,
      'milliseconds until everything came to its end': convergedMs,
      'kills of the database': falls.length,
      'milliseconds from a kill of the database until it is up again, median': middle(falls.map(({ upMs }) => upMs)),
      'milliseconds from a kill of the database until it is up again, longest': longest(falls.map(({ upMs }) => upMs)),
      'milliseconds from a kill of the database to the first payment, median': middle(
        falls.map(({ paidMs }) => paidMs),
      ),
      'milliseconds from a kill of the database to the first payment, longest': longest(
        falls.map(({ paidMs }) => paidMs),
      ),
    }),
  };
}

/** Kills, starts again at once, and waits until all of them work. */
async function killSome(field: CampaignField, most: number, falls: Fall[]): Promise<void> {
  const { random, cluster, topology, tally } = field;
  const order = TARGETS.map((target) => ({ target, rank: random.share() })).sort((a, b) => a.rank - b.rank);
  const targets = order.slice(0, random.between(1, most)).map(({ target }) => target);
  await Promise.all(
    targets.map(async (target: Target) => {
      tally.kills += 1;
      tally.faults[target] = (tally.faults[target] ?? 0) + 1;
      if (target !== 'postgres') {
        await topology.units[target].kill();
        return topology.units[target].start();
      }
      const [killedAt, before] = [field.history.now(), field.load.calls().length];
      await cluster.kill();
      const payment = firstPaymentSince(field, killedAt, before);
      await cluster.start();
      const upMs = field.history.now() - killedAt;
      falls.push({ upMs, paidMs: await payment });
    }),
  );
}

/** Milliseconds until a payment that was begun after that moment has succeeded; `before` calls were answered earlier. */
async function firstPaymentSince({ load, history }: CampaignField, since: number, before: number): Promise<number> {
  for (;;) {
    const first = load
      .calls()
      .slice(before)
      .find((call) => call.begunAt > since && isPaid(call));
    if (first) return first.endedAt - since;
    if (history.now() - since > RECOVERY_PATIENCE_MS) return history.now() - since;
    await delay(LOOK_MS);
  }
}

/** Every acknowledged payment is there, and the books add up, although everything has just been killed. */
async function checkRound({ topology, history }: CampaignField): Promise<Violation[]> {
  // What is acknowledged while the books are read may not be in them yet.
  const calls = history.calls.slice();
  const broken = await auditSnapshot(topology.owner, 'always');
  const books = await readBooks(topology, ['orders', 'captures']);
  const lost = acknowledgedSurvives({ calls, books });
  return [
    ...broken.map((detail) => ({ what: 'the books add up after each round of kills', detail })),
    ...lost.map((detail) => ({ what: 'what was acknowledged survives each round of kills', detail })),
  ];
}

function isPaid({ verdict, answer }: { verdict: string; answer: CampaignAnswer | null }): boolean {
  return verdict === 'ok' && answer?.payment_orders?.[0]?.status === 'SUCCESS';
}

interface CampaignAnswer {
  readonly payment_orders?: readonly { readonly status: string }[];
}

function acknowledged({ load }: CampaignField): Set<string> {
  return new Set(load.calls().flatMap((call) => (call.verdict === 'ok' ? [call.body.checkout_id as string] : [])));
}

function chargedTwice({ journal, books }: Evidence): number {
  const times = Map.groupBy(
    journal.flatMap((charge) => charge.order_ids),
    (id) => id,
  );
  return books.orders.filter((order) => AFTER_SUCCESS.has(order.state) && (times.get(order.id)?.length ?? 0) > 1)
    .length;
}

/** 0 when there were none. */
function middle(values: readonly number[]): number {
  return values.length === 0 ? 0 : Math.round(median(values));
}

function longest(values: readonly number[]): number {
  return Math.round(Math.max(0, ...values));
}

import { findProblems } from '#testing';
import { forgetProvider } from '../../kit/forget-provider.ts';
import { createRandom } from '../../kit/random.ts';
import { addCounts, commitOf, type LevelReport, showSeed, type Violation } from '../../kit/report.ts';
import type { Actor } from '../actors.ts';
import { passTime, recover } from '../recovery.ts';
import { deliver, eventsOf, isRead, type ProviderEvent, type Stage } from '../stage.ts';
import type { Theatre } from '../theatre.ts';
import { askAgain, expirePage, letRefundsEnd } from './harness.ts';
import { type Told, type Work, work } from './operations.ts';
import { makePlan, type Operation, type Plan, type Round } from './plan.ts';
import { PostOffice } from './post-office.ts';
import { type EndOfOrder, wrongEnds } from './verdict.ts';
import { faultyWire } from './wire-faults.ts';

/** How long the product waits for the provider in a simulation, in milliseconds: less than an answer that is held. */
export const HELD_OUT_MS = 1_000;

export interface SimulationOptions {
  readonly seed: bigint;
  readonly runs: number;
  /** The first of them, counted from 0. */
  readonly first?: number;
  readonly say?: (line: string) => void;
}

/** Plays `runs` plans drawn from the seed, one after the other on one database, and judges each end. */
export async function simulate(
  theatre: Theatre,
  { seed, runs, first = 0, say = () => {} }: SimulationOptions,
): Promise<LevelReport> {
  const started = performance.now();
  const faults: Record<string, number> = {};
  const sometimes: Record<string, number> = {};
  const violations: Violation[] = [];
  let operations = 0;
  const killedBefore = theatre.actors.kills;
  for (let run = first; run < first + runs; run += 1) {
    const plan = makePlan(seed, run);
    operations += plan.rounds.reduce((sum, round) => sum + round.operations.length, 0);
    const simulation = new Simulation(theatre, plan, createRandom(seed, 'post', String(run)));
    const wrong = await simulation.play().catch((error: Error) => [error.stack ?? error.message]);
    addCounts(faults, simulation.faults);
    addCounts(sometimes, simulation.ends);
    violations.push(...wrong.map((detail) => ({ what: `run ${run} (plan ${plan.hash})`, detail })));
    say(`run ${run}: plan ${plan.hash}, ${plan.checkouts} checkouts, ${wrong.length === 0 ? 'held' : 'VIOLATED'}`);
  }
  const seconds = (performance.now() - started) / 1_000;
  return {
    level: 'crash-points',
    seed: showSeed(seed),
    runs,
    operations,
    kills: theatre.actors.kills - killedBefore,
    faults,
    sometimes,
    violations,
    seconds: Math.round(seconds),
    commit: commitOf(),
  };
}

class Simulation {
  readonly faults: Record<string, number> = {};
  /** How many orders ended in which state. */
  readonly ends: Record<string, number> = {};
  readonly #theatre: Theatre;
  readonly #plan: Plan;
  readonly #stage: Stage;
  readonly #prefix: string;
  readonly #post: PostOffice;
  /** Attempts whose page was said to have expired although it can be paid. */
  readonly #mistaken = new Set<string>();
  readonly #told = new Map<string, string>();
  #actor: Actor | undefined;

  constructor(theatre: Theatre, plan: Plan, random: ReturnType<typeof createRandom>) {
    this.#theatre = theatre;
    this.#plan = plan;
    this.#stage = theatre.stage();
    this.#prefix = `${this.#stage.id}.`;
    this.#post = new PostOffice(this.#stage, random);
  }

  async play(): Promise<string[]> {
    for (const round of this.#plan.rounds) await this.#playRound(round);
    await this.#actor?.dismiss();
    this.#theatre.system.wire.rule();
    addCounts(this.faults, this.#post.fates);
    await this.#comeToRest();
    const ends = await this.#ends();
    for (const { state, refunds } of ends)
      for (const end of [state, ...refunds.map((refund) => `refund ${refund}`)])
        this.ends[end] = (this.ends[end] ?? 0) + 1;
    return [...wrongEnds(ends), ...(await findProblems(this.#theatre.system, this.#stage.owner))];
  }

  async #playRound(round: Round): Promise<void> {
    const { system, actors, buried } = this.#theatre;
    system.wire.rule(faultyWire(round.faults, (fault) => addCounts(this.faults, { [fault]: 1 })));
    if (round.timePasses) await passTime(this.#stage.owner, this.#prefix);
    const webhooks = await this.#post.next();
    this.#actor ??= actors.hire();
    const outside = Promise.all(round.operations.map((operation) => this.#happenOutside(operation)));
    const ending = await this.#actor.obey({
      do: 'work',
      work: this.#workOf(round.operations, webhooks),
      dieAt: round.dieAt ?? undefined,
    });
    await outside;
    if (!ending.died) {
      this.#hear(ending.told);
      return;
    }
    addCounts(this.faults, { 'kill -9': 1 });
    this.#actor = undefined;
    this.#post.giveBack(webhooks);
    await buried();
  }

  /** What shopper and provider do without us. */
  async #happenOutside(operation: Operation): Promise<void> {
    const { owner, desk } = this.#stage;
    if (operation.kind === 'refunds-end') await letRefundsEnd(this.#stage);
    if (!['pay-page', 'expire', 'mistake'].includes(operation.kind)) return;
    const { rows } = await owner.query<{ id: string; page: string | null; session: string | null }>(
      `select id, page_url as page, psp_session_id as session from payment_attempts where checkout_id = $1
       order by attempt_no desc limit 1`,
      [`${this.#prefix}c${operation.nth}`],
    );
    const [{ id = '', page = null, session = null } = {}] = rows;
    if (operation.kind === 'pay-page' && page) await desk.payPage(page, operation.card);
    if (operation.kind === 'mistake' && session) await this.#mistake(id, session);
    if (operation.kind === 'expire' && session) await expirePage(this.#stage, session);
    // The provider notices when somebody comes too late.
    if (operation.kind === 'expire' && page) await desk.payPage(page);
  }

  /** The provider says that a page has expired, and lets it be paid. */
  async #mistake(attemptId: string, session: string): Promise<void> {
    this.#mistaken.add(attemptId);
    const created = Math.floor(Date.now() / 1_000);
    const object = { id: session, status: 'expired', client_reference_id: attemptId, expires_at: created };
    const id = `evt_mistake_${attemptId}`;
    await deliver({ id, type: 'checkout.session.expired', livemode: false, created, data: { object } });
  }

  /** What no question can find out must come in the end: the truth after a mistake, and what becomes of a refund after its success. */
  #mustCome(event: ProviderEvent): boolean {
    const text = JSON.stringify(event);
    return isRead(event) && (event.type.startsWith('refund.') || [...this.#mistaken].some((id) => text.includes(id)));
  }

  /** All that is late arrives, callers ask again until they have an answer, an operator asks about what was given up. */
  async #comeToRest(): Promise<void> {
    forgetProvider();
    for (const event of await this.#post.next()) await deliver(event);
    for (const event of await eventsOf(this.#stage)) if (this.#mustCome(event)) await deliver(event);
    const openings = this.#plan.rounds
      .flatMap((round) => round.operations)
      .filter((one) => one.kind === 'pay' || one.kind === 'open');
    // Leases of callers that died are over by the time they ask again.
    await passTime(this.#stage.owner, this.#prefix);
    await work(this.#workOf(openings, []));
    await recover(this.#stage.owner, this.#prefix);
    if ((await askAgain(this.#stage)) > 0) await recover(this.#stage.owner, this.#prefix);
    await letRefundsEnd(this.#stage);
    for (const event of await eventsOf(this.#stage)) if (this.#mustCome(event)) await deliver(event);
    await recover(this.#stage.owner, this.#prefix);
  }

  #workOf(operations: readonly Operation[], webhooks: Work['webhooks']): Work {
    const pays = this.#plan.rounds.flatMap((round) => round.operations).filter((one) => one.kind === 'pay');
    const openings = Object.fromEntries(pays.map((one) => [one.nth, one]));
    return { prefix: this.#prefix, operations, openings, webhooks };
  }

  #hear(told: Told): void {
    for (const [order, state] of Object.entries(told)) if (state === 'SUCCESS') this.#told.set(order, state);
  }

  async #ends(): Promise<EndOfOrder[]> {
    const { rows } = await this.#stage.owner.query<{ id: string; state: string; refunds: string[] }>(
      `select o.payment_order_id as id, o.state, array(
         select r.state from refunds r join attempt_orders ao on ao.attempt_id = r.attempt_id
         where ao.payment_order_id = o.payment_order_id order by r.id
       ) as refunds
       from payment_orders o where starts_with(o.payment_order_id, $1)`,
      [this.#prefix],
    );
    const charged = new Map<string, number>();
    for (const { order_ids } of await this.#stage.desk.charges())
      for (const id of order_ids) charged.set(id, (charged.get(id) ?? 0) + 1);
    return rows.map(({ id, state, refunds }) => ({
      id,
      state,
      refunds,
      charges: charged.get(id) ?? 0,
      told: this.#told.get(id),
    }));
  }
}

import { nextLookAt, secondsFrom } from '#payments';
import type { DisputeFacts, DisputeMovement, DisputeStage } from '#psp';
import {
  type DisputeState,
  OPEN_DISPUTE_POLL_SECONDS,
  OPEN_DISPUTE_STATES,
  stepsTo,
  WITHDRAWN_STATES,
} from './dispute-state.ts';

/** The dispute as it stands under lock. */
export interface DisputeNow {
  readonly state: DisputeState;
  readonly tries: number;
  readonly withdrawn: DisputeMovement | null;
  readonly reinstated: DisputeMovement | null;
  /** We told the PSP that we accept it. */
  readonly accepted: boolean;
  /** Which of its movements are in the books. */
  readonly booked: { readonly opened: boolean; readonly closed: boolean };
}

/** A movement of money that is to be booked now. */
export type DisputeBooking = 'opened' | 'won' | 'lost';

export interface DisputeDecision {
  /** What became of the news, in a word that the inbox shows. */
  readonly verdict: 'applied' | 'noted' | 'unchanged' | 'contradicted';
  readonly steps: readonly DisputeState[];
  readonly withdrawn: DisputeMovement | null;
  readonly reinstated: DisputeMovement | null;
  readonly bookings: readonly DisputeBooking[];
  readonly tries: number;
  /** When the PSP is asked next; null when nothing is left to learn. */
  readonly resolveAt: Date | null;
  /** Why a person has to look. */
  readonly deadLetter: string | null;
}

const STATE_OF: Readonly<Record<DisputeStage, DisputeState>> = {
  inquiry: 'INQUIRY',
  inquiry_closed: 'INQUIRY_CLOSED',
  open: 'OPEN',
  under_review: 'UNDER_REVIEW',
  won: 'WON',
  lost: 'LOST',
};

/**
 * Decides what news about a dispute means. Pure. States move forward only, whatever order news comes in; what the PSP moved is
 * remembered from any of it, and booked once the state says what it was: taken, given back, or lost. The same news again is nothing.
 */
export function decideDispute(
  dispute: DisputeNow,
  news: DisputeFacts,
  now: Date,
  random: () => number,
): DisputeDecision {
  const told = STATE_OF[news.stage];
  const to = told === 'LOST' && dispute.accepted ? 'ACCEPTED' : told;
  const steps = stepsTo(dispute.state, to) ?? [];
  const state = steps.at(-1) ?? dispute.state;
  const withdrawn = dispute.withdrawn ?? news.withdrawn;
  const reinstated = dispute.reinstated ?? news.reinstated;
  const bookings = bookingsOf(state, dispute.booked, withdrawn, reinstated);
  const learned = withdrawn !== dispute.withdrawn || reinstated !== dispute.reinstated;
  const contradicts = isEnd(dispute.state) && isEnd(to) && (dispute.state === 'WON') !== (to === 'WON');
  const misses = isMissing(state, withdrawn, reinstated);
  const tries = misses ? dispute.tries + 1 : 0;
  return {
    verdict: contradicts ? 'contradicted' : steps.length > 0 ? 'applied' : learned ? 'noted' : 'unchanged',
    steps,
    withdrawn,
    reinstated,
    bookings,
    tries,
    resolveAt: nextLook(state, misses, tries, now, random),
    deadLetter: contradicts ? 'contradicted' : otherMoney(withdrawn, reinstated) ? 'amount_mismatch' : null,
  };
}

function bookingsOf(
  state: DisputeState,
  { opened, closed }: DisputeNow['booked'],
  withdrawn: DisputeMovement | null,
  reinstated: DisputeMovement | null,
): DisputeBooking[] {
  if (!WITHDRAWN_STATES.has(state) || !withdrawn) return [];
  const opening: DisputeBooking[] = opened ? [] : ['opened'];
  if (closed || OPEN_DISPUTE_STATES.has(state)) return opening;
  if (state !== 'WON') return [...opening, 'lost'];
  return reinstated && !otherMoney(withdrawn, reinstated) ? [...opening, 'won'] : opening;
}

/** What the PSP gave back is not what it had taken: the books wait until a person has found out why. */
function otherMoney(withdrawn: DisputeMovement | null, reinstated: DisputeMovement | null): boolean {
  return reinstated !== null && reinstated.amountMinor !== withdrawn?.amountMinor;
}

/** The state says that money moved, and the PSP has not shown it yet. */
function isMissing(
  state: DisputeState,
  withdrawn: DisputeMovement | null,
  reinstated: DisputeMovement | null,
): boolean {
  return (WITHDRAWN_STATES.has(state) && !withdrawn) || (state === 'WON' && !reinstated);
}

function isEnd(state: DisputeState): boolean {
  return WITHDRAWN_STATES.has(state) && !OPEN_DISPUTE_STATES.has(state);
}

function nextLook(state: DisputeState, misses: boolean, tries: number, now: Date, random: () => number): Date | null {
  if (misses) return nextLookAt(tries, now, random);
  return OPEN_DISPUTE_STATES.has(state) ? secondsFrom(now, OPEN_DISPUTE_POLL_SECONDS) : null;
}

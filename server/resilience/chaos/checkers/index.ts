import type { Violation } from '../../kit/report.ts';
import type { Evidence } from '../evidence.ts';
import { acknowledgedSurvives, refusedLeavesNothing, sameRequestSameAnswer, verdictsAsAgreed } from './answers.ts';
import { endsAreTrue } from './ends.ts';
import { askedGoesOutOnce, disputesAgree, payoutsAgree, refundsAgree } from './money-out.ts';
import { linesAgree } from './settlement.ts';
import { balanceIsZero, journalAgrees, outboxComplete, statesNeverRegress } from './truth.ts';

/** Looks at the evidence of a run and answers a sentence for each thing that must never be. */
export type Checker = (evidence: Evidence) => readonly string[];

/** What holds whatever was done to the system, each by its name. */
export const CHECKERS: Readonly<Record<string, Checker>> = {
  'the books add up on every snapshot': ({ broken, books }) => [
    ...broken,
    ...books.alerts.map(({ subject, detail }) => `the system itself found ${subject}: ${detail}`),
  ],
  'what was acknowledged survives': acknowledgedSurvives,
  'the same request gets the same answer': sameRequestSameAnswer,
  'what was refused leaves nothing': refusedLeavesNothing,
  'answers are those that were agreed on': verdictsAsAgreed,
  'every payment ends as the bank decided': endsAreTrue,
  'our captures are the charges of the provider': journalAgrees,
  'what was asked to go out goes out once': askedGoesOutOnce,
  'our refunds are those of the provider': refundsAgree,
  'disputes end as their banks decided': disputesAgree,
  'payouts arrive once, or are available again': payoutsAgree,
  'the provider and our books agree line by line': linesAgree,
  'debits equal credits in every answer': balanceIsZero,
  'no state goes back': statesNeverRegress,
  'the outbox tells every change': outboxComplete,
  'everything comes to its end': ({ unsettled, notReady }) => [...unsettled, ...notReady],
  'nothing is held on to': ({ leaks }) => leaks,
  'no process ends by itself': ({ accidents }) => accidents,
  'no output tells a secret or a defect': ({ logs }) => logs.map(({ detail }) => detail),
};

export function judge(evidence: Evidence): Violation[] {
  return Object.entries(CHECKERS).flatMap(([what, check]) => check(evidence).map((detail) => ({ what, detail })));
}

export { answerDispute, type DisputeScope } from './answer-dispute.ts';
export { type AppliedDispute, applyDisputeNews, type DisputeReport } from './apply-dispute-news.ts';
export { askDisputes, pollDisputes } from './ask-disputes.ts';
export { closeDisputeLetter, pushDisputes, retryDispute, waysOutOfDisputes } from './dispute-letters.ts';
export { DISPUTE_STATES, DISPUTE_TRANSITIONS, type DisputeState } from './dispute-state.ts';
export { type DisputeFilter, type DisputeView, getDispute, listDisputes } from './disputes.queries.ts';
export { sendResponses } from './send-responses.ts';
export { warnOfDeadlines } from './warn-deadlines.ts';

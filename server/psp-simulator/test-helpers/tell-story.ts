import { z } from 'zod';
import type { FaultRow } from '../database/rows.ts';
import { newFault } from '../faults/new-fault.ts';
import { STORIES } from '../faults/stories.ts';
import { ok } from '../http/answer.ts';
import { parseParameters } from '../http/form.ts';
import { invalid, missing } from '../http/stripe-error.ts';
import type { Context, Handler } from '../requests/request.ts';
import { renderFault } from './fault-endpoints.ts';

const parameters = z.strictObject({
  /** Of the shopper who clicks twice. */
  session: z.string().min(1).max(255).optional(),
  payment_method: z.string().min(1).max(255).default('pm_card_visa'),
});

/** `POST /v1/test_helpers/stories/:name`: sets a story up, or plays it; the same calls after it always end the same. */
export const tellStory: Handler = async (context) => {
  const name = context.request.ids.name ?? '';
  if (!Object.hasOwn(STORIES, name)) throw missing('story', name, 'name');
  const { tells, faults } = STORIES[name as keyof typeof STORIES];
  const given = parseParameters(parameters, context.request.input);
  const rows = faults.map((fault): FaultRow => newFault({ ...fault, count: 1 }));
  const answers = name === 'double_click' ? await clickTwice(context, given) : [];
  const desk = context.simulator.faults;
  const rendered = rows.map((row) => renderFault(row, desk));
  const answer = ok({ object: 'story', name, tells, faults: rendered, answers });
  await context.commit({ answer, writes: { faults: rows }, events: [] });
  for (const row of rows) desk.add(row);
  return answer;
};

/** Two calls over the network, as a browser sends them; what each was answered. */
async function clickTwice({ simulator }: Context, given: z.output<typeof parameters>) {
  const { PSP_PORT, PSP_PUBLISHABLE_KEY } = simulator.config;
  if (given.session === undefined) throw invalid('session', 'Name an open session.', 'parameter_missing');
  const url = `http://127.0.0.1:${PSP_PORT}/v1/payment_pages/${encodeURIComponent(given.session)}/confirm`;
  const click = async () => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${PSP_PUBLISHABLE_KEY}` },
      body: new URLSearchParams({ payment_method: given.payment_method }),
    });
    return { status: response.status, body: (await response.json()) as unknown };
  };
  return Promise.all([click(), click()]);
}

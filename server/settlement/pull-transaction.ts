import { lanePool, runPipelined } from '#db';
import { psp } from '#psp';
import { dateFunds, keepTransactions } from './transaction-rows.ts';

/**
 * Brings a balance transaction into our books that its list did not bring, or not so that it could be read: `pulled` when it is here
 * now, `absent` when the PSP knows of none, `not_told` when it did not say. It is booked as any other; one that is here already and
 * could be read stays as it is.
 */
export async function pullTransaction(id: string): Promise<'pulled' | 'absent' | 'not_told'> {
  const answer = await psp().enquireBalanceTransaction(id);
  if (answer.kind === 'absent') return 'absent';
  if (answer.kind !== 'transaction') return 'not_told';
  const { transaction, pspTime } = answer;
  await runPipelined(lanePool(), [], () => [...keepTransactions([transaction], pspTime), ...dateFunds([id])]);
  return 'pulled';
}

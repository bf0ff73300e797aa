import { booksHealth } from '#audit';
import { STAFF } from '#auth';
import { procedureFor, router } from '../init.ts';

const staffProcedure = procedureFor(...STAFF);

/** What the checks of the books found; they are made by the worker. */
export const booksRouter = router({
  /** Every invariant with its last verdict, the alerts, the seals. */
  health: staffProcedure.query(async () => {
    const { seals, unsealed, checks, openAlerts, closedAlerts, ...rest } = await booksHealth();
    return {
      ...rest,
      checks,
      openAlerts: openAlerts.map((alert) => ({ ...alert, id: String(alert.id) })),
      closedAlerts: closedAlerts.map((alert) => ({ ...alert, id: String(alert.id) })),
      unsealed: Number(unsealed),
      seals: seals.map((seal) => ({
        ...seal,
        number: String(seal.number),
        transactions: Number(seal.transactions),
        entries: Number(seal.entries),
      })),
    };
  }),
});

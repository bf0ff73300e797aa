import { audit } from '../audit/audit.ts';
import { ok } from '../http/answer.ts';
import type { Handler } from '../requests/request.ts';

/** `GET /v1/test_helpers/audit`: adds the books up again from their rows. `balanced` is true when every count is zero. */
export const auditBooks: Handler = async ({ simulator: { store } }) => ok({ object: 'audit', ...(await audit(store)) });

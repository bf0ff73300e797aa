import { pspWebhook } from '#api';

export const dynamic = 'force-dynamic';

/** Webhooks of the payment provider; the raw bytes are verified before anything is read. */
export const POST = pspWebhook;

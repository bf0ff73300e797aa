export { handleInbox } from './handle-inbox.ts';
export { INBOX_CHANNEL, MAX_WEBHOOK_BYTES, receiveWebhook } from './receive-webhook.ts';
export { redriveWebhook } from './redrive-webhook.ts';
export {
  type DeadLetterView,
  type InboxHealth,
  type InboxView,
  inboxHealth,
  listDeadLetters,
  listWebhooksOf,
} from './webhooks.queries.ts';

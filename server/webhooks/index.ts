export { handleInbox } from './handle-inbox.ts';
export { INBOX_CHANNEL, MAX_WEBHOOK_BYTES, receiveWebhook } from './receive-webhook.ts';
export { closeWebhookLetter, redriveWebhook, redriveWebhooks } from './redrive-webhook.ts';
export {
  type InboxHealth,
  type InboxView,
  inboxHealth,
  listWebhooksOf,
} from './webhooks.queries.ts';

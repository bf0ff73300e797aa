export { api } from './app.ts';
export { completeAbandonedRequests } from './complete-abandoned-requests.ts';
export { live, ready } from './health.ts';
export { type OpenApiDocument, openApiDocument } from './openapi.ts';
export { pspWebhook } from './psp-webhook.ts';
export { startWeb } from './start-web.ts';

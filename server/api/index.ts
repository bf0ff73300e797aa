export { api } from './app.ts';
export { completeAbandonedRequests } from './complete-abandoned-requests.ts';
export { live, ready } from './health.ts';
export { metricsPage } from './metrics-page.ts';
export { type OpenApiDocument, openApiDocument } from './openapi.ts';
export { pspWebhook } from './psp-webhook.ts';

import type { Metadata } from 'next';
import { api, openApiDocument } from '#api';
import { ApiReference } from '#components/docs/api-reference.tsx';
import { describeOperations, type OpenApi } from '#components/docs/describe-operations.ts';
import { config } from '#config';

export const metadata: Metadata = { title: 'API reference' };

export default function ApiReferencePage() {
  const { PUBLIC_URL, APP_ENV, DEMO_API_KEY } = config();
  const groups = describeOperations(openApiDocument(api()) as OpenApi);
  return (
    <ApiReference groups={groups} origin={PUBLIC_URL} apiKey={APP_ENV === 'demo' ? DEMO_API_KEY : 'sk_test_YOUR_KEY'} />
  );
}

import { metricsPage } from '#api';

export const dynamic = 'force-dynamic';

export const GET = metricsPage;

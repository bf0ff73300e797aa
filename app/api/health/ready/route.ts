import { ready } from '#api';

export const dynamic = 'force-dynamic';

export const GET = ready;

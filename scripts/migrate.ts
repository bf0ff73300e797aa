import { config } from '#config';
import { migrate } from '#db';
import { installJobs } from '#jobs';

/** `npm run migrate`: applies the migrations that are not yet recorded. */
const { DATABASE_URL, APP_DATABASE_PASSWORD } = config();
const applied = await migrate({ ownerUrl: DATABASE_URL, appPassword: APP_DATABASE_PASSWORD });
await installJobs(DATABASE_URL);
console.info(applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`);

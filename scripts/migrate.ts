import { config } from '#config';
import { migrate } from '#db';

/** `npm run migrate`: applies the migrations that are not yet recorded. */
const { DATABASE_URL, APP_DATABASE_PASSWORD } = config();
const applied = await migrate({ ownerUrl: DATABASE_URL, appPassword: APP_DATABASE_PASSWORD });
console.info(applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`);

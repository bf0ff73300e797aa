import { buildWeb } from './supervisor/build.ts';

/** `npm run build`: builds the web application unless it is built from the present sources already. */
await buildWeb({ distDir: process.env.NEXT_DIST_DIR ?? '.next', onLine: console.info, say: console.info });

import { singleton } from '#kernel';
import { type Config, parseConfig } from './config.ts';

export { APP_DATABASE_ROLE, CONFIG_VARIABLES, type Config, DEMO_PASSWORD, parseConfig } from './config.ts';

/** The process's configuration, parsed at first use and kept. */
export function config(): Config {
  return singleton('config', () => parseConfig(process.env));
}

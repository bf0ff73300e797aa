import { buildWeb } from '../../../scripts/supervisor/build.ts';
import type { ChaosOptions } from './options.ts';

const WEB_BUILD = '.next-test';

/** With `web`, builds the web application, whose process is then the second door; answers the folder of the build, or undefined. */
export async function buildDoor(
  { web }: Pick<ChaosOptions, 'web'>,
  say: (text: string) => void,
): Promise<string | undefined> {
  if (!web) return undefined;
  await buildWeb({ distDir: WEB_BUILD, onLine: () => undefined, say });
  return WEB_BUILD;
}

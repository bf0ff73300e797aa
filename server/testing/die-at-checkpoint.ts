import { observeCheckpoints } from '#kernel';

/**
 * Loaded before a program (`--import`): kills it with SIGKILL at a checkpoint. DIE_AT names which, for example `commit:after 2` for
 * the second time that one is reached.
 */
const [point, times] = (process.env.DIE_AT ?? '').split(' ');
let seen = 0;

observeCheckpoints((reached) => {
  if (reached !== point) return;
  seen += 1;
  if (seen === Number(times)) process.kill(process.pid, 'SIGKILL');
});

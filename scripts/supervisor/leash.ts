/**
 * Preloaded into every child: when the parent is gone, even by kill -9, the child ends as if it had been asked to. The
 * operating system closes the channel between the two whatever happens to the parent, so nothing is left behind.
 */
const FORCED_END_MS = 15_000;

// A child's own children inherit its options, this preload among them; they have another parent and are not ours to end.
if (process.channel && process.env.LEASH_HOLDER === String(process.ppid)) {
  process.once('disconnect', () => {
    setTimeout(() => process.exit(1), FORCED_END_MS).unref();
    process.kill(process.pid, 'SIGTERM');
  });
  process.channel.unref();
}

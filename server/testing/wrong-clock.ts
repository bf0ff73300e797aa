/**
 * Loaded before a program (`--import`): its machine's clock is wrong by CLOCK_WRONG_BY_MS, and after SIGUSR2 by as much the other way, as
 * when somebody puts it right too well. The monotonic clock goes on, as the system's does.
 */
const RightDate = Date;
let wrongByMs = Number(process.env.CLOCK_WRONG_BY_MS ?? 0);

process.on('SIGUSR2', () => {
  wrongByMs = -wrongByMs;
});

globalThis.Date = new Proxy(RightDate, {
  get: (target, name) => (name === 'now' ? () => target.now() + wrongByMs : Reflect.get(target, name)),
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [target.now() + wrongByMs] : args, newTarget),
  apply: (target) => new target(target.now() + wrongByMs).toString(),
});

/**
 * The moments at which a process may die or be overtaken: before and after each commit and each call to somebody else. They are
 * named here so that tests can stop at every one of them; without an observer they cost nothing and do nothing.
 */
export type CheckpointObserver = (point: string) => Promise<void> | void;

let observer: CheckpointObserver | undefined;

/** Announces a checkpoint; resolves when the observer, if there is one, lets the process go on. */
export function checkpoint(point: string): Promise<void> | void {
  return observer?.(point);
}

/** Sets the one observer of this process, or removes it. For tests only: nothing in the product calls it. */
export function observeCheckpoints(next: CheckpointObserver | undefined): void {
  observer = next;
}

/** The times by which daemon and workers agree on who is there, and who has a migration. */

/** Each worker says that it lives. */
export const HEARTBEAT_MS = 5_000;
/** A worker asks so often whether what it runs is still its own. */
export const ASK_EVERY_MS = 10_000;
/** A worker that was not heard for so many seconds counts as lost, unless the operator says otherwise. */
export const LOST_AFTER_SECONDS = 45;
/** Some heartbeats may be late. */
export const LEAST_LOST_AFTER_SECONDS = 15;

/** So long after a question was sent, nobody else is given the migration that its answer was about: less than until its worker counts as lost. */
export const leaseMsOf = (lostAfterMs: number): number => Math.floor((lostAfterMs * 2) / 3);

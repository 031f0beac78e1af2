/** The words of a command were wrong: exit code 2. */
export class UsageError extends Error {}

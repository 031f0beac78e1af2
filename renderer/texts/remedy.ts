/** What to do, as it is said in the window: without what stands in brackets for the command line. */

/** “Have it replaced (--force).” is “Have it replaced.”; a bracket without a flag or command stays. */
export const remedyText = (remedy: string): string => remedy.replaceAll(/ \([^()]*(?:--[a-z]|“guts )[^()]*\)/g, '');

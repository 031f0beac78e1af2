/** What to do, as it is said to those who are at no command line, in the window and in papers to hand on: without what stands in brackets for the command line. */

/** “Have it replaced (--force).” is “Have it replaced.”; a bracket without a flag or command stays. */
export const remedyText = (remedy: string): string => remedy.replaceAll(/ \([^()]*(?:--[a-z]|“guts )[^()]*\)/g, '');

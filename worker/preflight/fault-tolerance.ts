/** How a source’s words for what keeps a machine up begin where it runs on two hosts at once. */

export const FAULT_TOLERANT = /^fault tolerance/i;

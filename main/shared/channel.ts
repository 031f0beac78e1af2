/** The channels on which the contract travels: the page can reach these and no others. */
export const channel = (name: string): string => `guts:${name}`;

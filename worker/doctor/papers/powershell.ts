/** Texts as PowerShell takes them, in which nothing is a command. */

/** Between single quotes nothing is looked into; PowerShell takes the curly ones for the same sign. */
export const quoted = (text: string): string =>
  `'${text.replaceAll(/[\r\n]+/g, ' ').replaceAll(/['‘’‚‛]/g, (sign) => sign + sign)}'`;

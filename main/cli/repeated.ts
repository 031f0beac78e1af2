/** For flags that may be given several times: each value goes to those before. */
export const repeated = (text: string, before: readonly string[] = []): string[] => [...before, text];

/** One parser of what servers say, as the fuzzer feeds it. */
export interface Target {
  /** As it is chosen by. */
  readonly name: string;
  /** Sound messages, as the parser takes them: what damage begins with. At least one. */
  readonly seeds: readonly Buffer[];
  /** Looks at `bytes` only, throws only GutsErrors, and gives the same each time. */
  parse(bytes: Buffer): unknown;
}

/** Where a request comes from, and an answer before it is HTTP. */

export interface Arrival {
  /** Of the other end; `local` in the same process. */
  readonly address: string;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}
